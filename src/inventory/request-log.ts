/** Logs of requests in whatever form: each file is read by what its first bytes are, and all of them into one tally. */
import { type AccessLogReader, accessLogReader } from './access-log.js';
import { openRecords } from './log-records.js';
import { type LogReport, openLogReport } from './log-report.js';
import { openRequestTally, type RequestTally, type RequestTallyOptions } from './request-rates.js';

export interface LogFile {
  take(piece: Uint8Array): void;
  end(): void;
}

export interface RequestLogs {
  readonly tally: RequestTally;
  readonly report: LogReport;
  /** Files may be open side by side. */
  open(file: string): LogFile;
}

export function openRequestLogs(options: RequestTallyOptions): RequestLogs {
  const tally = openRequestTally(options);
  const report = openLogReport();
  const reading = { tally, report, bucket: options.bucket };
  let lines: AccessLogReader | undefined;
  const openLines = (file: string): LogFile => {
    lines ??= accessLogReader(reading);
    return lines.open(file);
  };
  return {
    tally,
    report,
    open(file) {
      let inner: LogFile | undefined;
      return {
        take(piece) {
          if (piece.length === 0) return;
          inner ??= isJson(piece) ? openRecords(reading, file) : openLines(file);
          inner.take(piece);
        },
        end() {
          inner?.end();
        },
      };
    },
  };
}

/** No owner of a bucket begins with a brace or a bracket. */
function isJson(piece: Uint8Array): boolean {
  const first = piece.find((byte) => byte > 0x20);
  return first === 0x7b || first === 0x5b;
}

/** What CloudTrail delivers beside its events. */
const noRequests = /\/CloudTrail-(?:Digest|Insight)\//;
/** S3 User Guide, date-based partitioning: account/Region/bucket/YYYY/MM/DD/YYYY-MM-DD-hh-mm-ss-unique. */
const partitioned =
  /(?:^|\/)\d{12}\/[a-z0-9-]+\/([a-z0-9.-]+)\/\d{4}\/\d\d\/\d\d\/\d{4}(?:-\d\d){5}-[0-9A-F]{16}$/;

/** Whether a file can hold requests of the bucket, to judge by its key alone. */
export function mayHold(key: string, bucket: string | undefined): boolean {
  if (noRequests.test(key)) return false;
  const found = partitioned.exec(key)?.[1];
  return found === undefined || bucket === undefined || found === bucket;
}
