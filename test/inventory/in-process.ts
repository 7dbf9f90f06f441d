/** The real world, but that data files are read in this thread: starting threads under a loader would take the tests seconds. */
import { openReportBucket } from '../../src/adapters/inventory/report-bucket.js';
import { scanFile } from '../../src/adapters/inventory/scan-file.js';
import type { Surroundings } from '../../src/app/surroundings.js';
import {
  type InventoryTally,
  openTally,
  type TallyOptions,
  type TallyPart,
} from '../../src/inventory/inventory-tally.js';
import type { FileJob, FileScanner } from '../../src/inventory/report-ports.js';
import { createWorld } from '../../src/world.js';

export interface Scanned {
  /** Of the files that were read, in the order they were begun. */
  readonly keys: string[];
}

export function inProcess(now: number, onFile: (key: string) => void = () => undefined) {
  const world = createWorld({ environment: {} });
  const scanned: Scanned = { keys: [] };
  const openScanner = async (options: TallyOptions): Promise<FileScanner<TallyPart>> => {
    let tally: InventoryTally | undefined;
    const scan = async (job: FileJob) => {
      onFile(job.file.key);
      scanned.keys.push(job.file.key);
      const bucket = await openReportBucket({ scheme: 'file' }, job.file.root);
      const own = tally ?? openTally(options);
      // After an error nothing of it may be used again.
      tally = undefined;
      const read = await scanFile(job, { bucket, folder: undefined, tally: own, tell: () => undefined });
      const part = own.part();
      tally = own;
      return { ...read, bytes: job.file.size, part };
    };
    return { parallel: 1, scan, close: () => undefined };
  };
  const given: Surroundings = {
    ...world,
    clock: { now: () => now },
    openInventory: async (place) => ({ ...(await world.openInventory(place)), openScanner }),
  };
  return { given, scanned };
}
