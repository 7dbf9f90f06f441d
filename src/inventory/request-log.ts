/** Logs of requests in whatever form: each file is read by what its first bytes are, and all of them into one tally. */
import { type AccessLogReader, accessLogReader } from './access-log.js';
import { joinedBytes } from './held-bytes.js';
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
      let head: Uint8Array = new Uint8Array(0);
      const begin = (): LogFile => {
        inner = isJson(head) ? openRecords(reading, file) : openLines(file);
        inner.take(hasMark(head) ? head.subarray(3) : head);
        return inner;
      };
      return {
        take(piece) {
          if (inner) inner.take(piece);
          else {
            head = joinedBytes(head, piece);
            if (head.length >= headBytes) begin();
          }
        },
        end() {
          if (head.length > 0) (inner ?? begin()).end();
        },
      };
    },
  };
}

/** Enough for a mark, an instant and what follows it. */
const headBytes = 256;
/** No owner of a bucket begins with a brace or a bracket; exports of CloudWatch Logs put an instant before each record. */
const json = /^\s*(?:\d{4}-\d\d-\d\dT[\d:.]+Z\s+)?[{[]/;
const latin = new TextDecoder('latin1');

function isJson(head: Uint8Array): boolean {
  return json.test(latin.decode(head.subarray(hasMark(head) ? 3 : 0, headBytes)));
}

/** The byte order mark that some editors put before a text. */
const hasMark = ([a, b, c]: Uint8Array): boolean => a === 0xef && b === 0xbb && c === 0xbf;

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
