/** The real world, but that data files are read in this thread: starting threads under a loader would take the tests seconds. */
import { openReportBucket } from '../../src/adapters/inventory/report-bucket.js';
import { scanFile } from '../../src/adapters/inventory/scan-file.js';
import type { Surroundings } from '../../src/app/surroundings.js';
import { openTally, type TallyOptions, type TallyPart } from '../../src/inventory/inventory-tally.js';
import type { FileJob, FileScanner } from '../../src/inventory/report-ports.js';
import { createWorld } from '../../src/world.js';

export interface Scanned {
  /** Of the files that were read, in the order they were begun. */
  readonly keys: string[];
}

export function inProcess(now: number, onFile: (key: string) => void = () => undefined) {
  const world = createWorld({ environment: {} });
  const scanned: Scanned = { keys: [] };
  const openScanner = async (options: TallyOptions): Promise<FileScanner<TallyPart>> => ({
    parallel: 1,
    scan: async (job: FileJob) => {
      onFile(job.file.key);
      scanned.keys.push(job.file.key);
      const bucket = await openReportBucket({ scheme: 'file' }, job.file.root);
      const tally = openTally(options);
      const read = await scanFile(job, { bucket, folder: undefined, tally, tell: () => undefined });
      return { ...read, bytes: job.file.size, part: tally.part() };
    },
    close: () => undefined,
  });
  const given: Surroundings = {
    ...world,
    clock: { now: () => now },
    openInventory: async (place) => ({ ...(await world.openInventory(place)), openScanner }),
  };
  return { given, scanned };
}
