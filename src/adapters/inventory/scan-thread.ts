/** The thread of a reader: one file after the other, each tallied by itself, so that a part is of a whole file or is not there. */
import { parentPort, workerData } from 'node:worker_threads';
import {
  type InventoryTally,
  openTally,
  type TallyOptions,
  type TallyPart,
} from '../../inventory/inventory-tally.js';
import type { FileJob, FileProgress } from '../../inventory/report-ports.js';
import { transfersOf } from '../../prefixes/tree-part.js';
import { openReportBucket, type ReportBucket } from './report-bucket.js';
import { scanFile } from './scan-file.js';
import { type ScanAnswer, type ScanSettings, toldError } from './scan-messages.js';

const { reach, folder, options } = workerData as ScanSettings<TallyOptions>;
const port = parentPort!;
/** Begins with nothing after each part; its tables take tens of megabytes. */
let tally: InventoryTally | undefined;
const buckets = new Map<string, Promise<ReportBucket>>();

/** Settles when the file at hand is done with. */
let last: Promise<void> = Promise.resolve();

port.on('message', (job: FileJob) => {
  last = last.then(async () => {
    const answer = await answerTo(job);
    port.postMessage(
      answer,
      answer.kind === 'done' ? (transfersOf(answer.result.part) as ArrayBuffer[]) : [],
    );
  });
});

async function answerTo(job: FileJob): Promise<ScanAnswer<TallyPart>> {
  const { root, size: bytes } = job.file;
  let made = (): number => 0;
  try {
    const bucket = await opened(root);
    const before = bucket.requests();
    made = () => bucket.requests() - before;
    tally ??= openTally(options);
    const read = await scanFile(job, { bucket, folder, tally, tell: tellNowAndThen() });
    return { kind: 'done', result: { ...read, bytes, part: tally.part() }, requests: made() };
  } catch (error) {
    // Nothing of it may be used again.
    tally = undefined;
    return { kind: 'failed', error: toldError(error), requests: made() };
  }
}

function opened(root: string): Promise<ReportBucket> {
  const bucket = buckets.get(root) ?? openReportBucket(reach, root);
  buckets.set(root, bucket);
  return bucket;
}

/** A person reads no faster. */
const TELL_MS = 200;

function tellNowAndThen(): (since: FileProgress) => void {
  let last = performance.now();
  let rows = 0;
  let bytes = 0;
  return (since) => {
    rows += since.rows;
    bytes += since.bytes;
    if (performance.now() - last < TELL_MS) return;
    last = performance.now();
    port.postMessage({ kind: 'progress', since: { rows, bytes } } satisfies ScanAnswer<TallyPart>);
    rows = 0;
    bytes = 0;
  };
}
