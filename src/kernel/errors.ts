/** One class and one table: code → message, HTTP status, exit code, retryable, hint. Doors translate by look-up. */

interface Entry {
  /** {name} is filled from the details. */
  readonly message: string;
  readonly hint: string;
  readonly status: number;
  readonly exit: number;
  readonly retryable: boolean;
}

const entry = (status: number, exit: number, message: string, hint: string, retryable = false): Entry => ({
  message,
  hint,
  status,
  exit,
  retryable,
});

/** Exit codes: 1 failure, 2 usage or bad input, 3 partial, 4 threshold passed, 5 refused for safety, 6 credentials or permission, 130 interrupted. */
// biome-ignore format: one row a line
export const errorTable = {
  ARGUMENT_INVALID: entry(400, 2, '{field}: {why}.', 'See --help for the values it takes.'),
  ARGUMENT_MISSING: entry(400, 2, '{field} is missing.', '{hint}'),
  BILL_INVALID: entry(400, 2, '{place}: {why}.', 'Nothing was compared. Correct the file, or export it again, and run again.'),
  BILL_UNEXPLAINED: entry(409, 4, '{percent} % of what was billed for S3 and its neighbours is not explained, past the limit of {limit} %.', 'The limit was set by --fail-if-error-over; the table names the lines, worst first.'),
  BILL_UNREADABLE: entry(400, 2, '{file} cannot be read as a bill: {why}.', 'Give CUR 2.0, legacy CUR or FOCUS as CSV, CSV in gzip, or Parquet.'),
  BODY_INVALID: entry(400, 2, 'The request body does not fit: {why}.', 'See /openapi.json for its form.'),
  BODY_TOO_LARGE: entry(413, 2, 'The request body is larger than {limit}.', 'Send less at once: scan fewer prefixes, or with a smaller --depth.'),
  BUCKET_INVALID: entry(400, 2, '"{bucket}" is not a bucket name.', 'Write s3://bucket/prefix with 3 to 63 lower-case letters, digits, dots or hyphens.'),
  BUCKET_MISSING: entry(404, 2, 'There is no bucket "{bucket}" at this endpoint.', 'Check the name, --region and --endpoint-url.'),
  CATALOG_REFUSED: entry(409, 5, 'Table "{table}" of the catalog cannot show {partition}: {why}.', '{hint}'),
  CHECK_INVALID: entry(400, 2, '{file} cannot be held against the scan: {why}.', 'Give what aws cloudwatch get-metric-data printed (each Label a StorageType), or a Storage Lens export: its manifest.json, CSV or Parquet.'),
  CLASS_UNKNOWN: entry(400, 2, '"{class}" is not a storage class bucketwise knows{where}.', 'Known: STANDARD, STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR, GLACIER, DEEP_ARCHIVE, EXPRESS_ONEZONE, REDUCED_REDUNDANCY.'),
  CLOCK_INVALID: entry(500, 1, 'The clock gave {value}.', "Set the machine's clock."),
  COMMIT_BROKEN: entry(409, 5, '{hours} are not as their evidence says: {why}.', 'Nothing was changed. Restore those files from a backup or a noncurrent version, or look for who writes there.'),
  COMMIT_FALLEN: entry(409, 5, '{partition}: {why}.', 'Its sources are kept. Restore that object, {todo}.'),
  COLUMNS_UNREADABLE: entry(422, 5, '"{file}" cannot be read as {format}: {why}{where}.', 'Its rows are not counted, so no total stands. Fetch the file again, or take another report.'),
  COLUMNS_UNKNOWN: entry(422, 2, 'Table "{table}" of the catalog gives no columns for "{name}": {why}.', '{hint}'),
  CONDITION_FAILED: entry(412, 5, '"{key}" changed while it was being used.', 'Nothing was overwritten. Run again: the new state is read first.', true),
  CONDITION_UNSUPPORTED: entry(501, 5, '{store} does not honour conditional writes.', 'Nothing was begun. Compaction needs If-None-Match and If-Match on PUT, and on DELETE where sources are deleted; use another endpoint, or keep the sources.'),
  CONFIG_INVALID: entry(400, 2, '{source}: {field}: {why}.', 'Correct the file and run again.'),
  COST_ABOVE_LIMIT: entry(409, 4, 'This would cost about {cost} USD, above --max-cost {limit} USD.', 'Raise --max-cost or narrow what is read.'),
  CREDENTIALS_MISSING: entry(401, 6, 'No AWS credentials were found.', 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role gives them.'),
  CREDENTIALS_UNUSABLE: entry(401, 6, 'The AWS credentials could not be used: {why}.', 'Renew them (for instance with: aws sso login), or choose others with --profile.'),
  DAY_INVALID: entry(400, 2, '"{value}" is not a day.', 'Write it as 2026-11-24.'),
  DOCUMENT_INVALID: entry(400, 2, '{source}: {field}: {why}.', '{hint}'),
  DOCUMENT_UNREADABLE: entry(400, 2, '{source}: {why}.', 'Give a JSON or YAML file.'),
  ENGINE_FAILED: entry(502, 1, '{engine} failed on {partition}: {why}.', 'Nothing was published. The attempt is kept in the journal; run again.', true),
  ENGINE_UNAVAILABLE: entry(501, 1, 'Engine "{engine}" is not available: {why}.', '{hint}'),
  FILE_MISSING: entry(404, 2, 'There is no file or folder "{path}".', 'Check the path.'),
  FILE_INVALID: entry(400, 2, '"{path}" is not a file: {why}.', 'Name a file.'),
  FOLDER_INVALID: entry(400, 2, '"{path}" is not a folder.', 'Give the folder that stands for the bucket.'),
  FOLDER_OCCUPIED: entry(409, 5, '"{path}" holds something else.', 'Nothing was touched. Name an empty or new folder.'),
  FORMAT_UNKNOWN: entry(400, 2, '"{format}" is not an output of this command.', 'Known here: {known}.'),
  HEADERS_TOO_LARGE: entry(431, 2, 'The headers of the request are too large.', 'Send fewer or shorter headers.'),
  HOST_REFUSED: entry(403, 5, 'Requests to "{host}" are refused.', 'This server answers on loopback only: use http://127.0.0.1.'),
  FOOTER_UNREADABLE: entry(502, 1, '"{key}" has no readable Parquet footer: {why}.', 'Nothing was published. Run again.', true),
  HOUR_OCCUPIED: entry(409, 5, '"{path}" lies where an hour is shown by its list alone.', 'Move it out of that folder: a table of lists takes every object there for a list. The hour is committed, and the next run shows it.'),
  HOURS_LEFT: entry(500, 3, 'Hours failed and were left as found ({tables}).', 'The reasons stand in the log and in compact status; the next run tries them again.', true),
  INTERRUPTED: entry(499, 130, 'Interrupted. {state}', 'Run the same command again.'),
  INVENTORY_CHANGED: entry(409, 1, 'Inventory file "{file}" was replaced while it was being read.', 'Nothing was counted. Run again when nobody writes there.', true),
  INVENTORY_CORRUPT: entry(422, 2, 'Inventory file "{file}"{at} is refused: {why}.', 'Nothing was counted, for the total would be wrong. Copy the file anew, or scan the report of another day.'),
  INVENTORY_INCOMPLETE: entry(404, 2, '{count} of the {all} files that {source} names {lack}, the first is "{file}".', 'Nothing was counted, for the total would be short. Copy the whole report with its folders, or scan the report of another day.'),
  INVENTORY_PARTIAL: entry(409, 3, 'Left out: {files} of the inventory, the first is "{file}".', 'What was counted is less than there is; the document names every file under "missing". Copy them anew and scan again.'),
  INVENTORY_ROW_INVALID: entry(422, 2, '{file}, {place}: {why}.', 'The scan was given up, for its totals would be wrong. Look at that row, or have S3 write the report again.'),
  INVENTORY_UNQUERYABLE: entry(422, 2, 'This report cannot be tallied by an engine: {why}.', 'Nothing was counted. Scan it with --engine local.'),
  JOURNAL_INVALID: entry(409, 5, '"{key}" is not a record of bucketwise: {why}.', 'Nothing was changed. Look at that object and move it away, then run again.'),
  KEY_UNSUPPORTED: entry(422, 2, 'The key "{key}" cannot be held by {store}: {why}.', 'Rename the object, or leave its prefix out.'),
  LOG_EMPTY: entry(404, 2, 'The logs under {uri} hold no request to {what}.', 'Check the address given with --access-logs{met}.'),
  LOG_UNREADABLE: entry(400, 2, 'Log {file} cannot be read: {why}.', 'Nothing was counted from it. Replace the file or take it away, then run again.'),
  LOGIN_REFUSED: entry(401, 6, '{server} refuses user "{user}" (HTTP {status}).', '{hint}'),
  MANIFEST_INVALID: entry(400, 2, '{source} is not a manifest of S3 Inventory as S3 writes it: {why}.', 'Nothing was counted. Give the manifest.json of one report, as it lies in the destination bucket.'),
  MEDIA_TYPE_UNSUPPORTED: entry(415, 2, 'The request body has {what}, which is not read here.', 'Send JSON as it is, with content-type: application/json.'),
  MONTH_INVALID: entry(400, 2, '"{value}" is not a month.', 'Write it as 2026-11.'),
  NOTICE_FAILED: entry(502, 1, '{to} could not be told: {why}.', 'The run itself is not touched by it; the next one with the same news tries again.', true),
  NUMBER_INVALID: entry(400, 2, '"{value}" is not a plain decimal number.', 'Write digits with at most one dot, without exponent.'),
  OBJECT_ARCHIVED: entry(409, 5, '"{key}" is archived and cannot be read before it is restored.', 'Restore it, or leave its partition out.'),
  OBJECT_CHANGED: entry(409, 5, '"{key}" was changed after it was listed.', 'The hour is left as it was; the next run lists it anew.', true),
  OBJECT_MISSING: entry(404, 1, 'There is no object "{key}".', 'It was deleted after it was listed; run again.', true),
  OBJECT_TOO_LARGE: entry(422, 2, '"{key}" has {size} bytes; one request carries at most {limit}.', 'Set a smaller fileSize for the target.'),
  OUTPUT_FAILED: entry(500, 1, 'The output could not be written: {why}.', 'What was written is not whole. Make room, or send it elsewhere, then run again.'),
  PARTITION_INVALID: entry(400, 2, '"{partition}" is not a partition of {layout}.', 'Write it like year=2026/month=11/day=22/hour=05.'),
  PERMISSION_DENIED: entry(403, 6, '{action} on "{what}" was refused.', 'Grant {action}, or use other credentials.'),
  PORT_IN_USE: entry(500, 1, 'Port {port} is in use.', 'Choose another with --port.'),
  PRICE_CARD_INVALID: entry(500, 1, 'Price file {file}: {why}.', 'Restore the file from the package, or run the price import again.'),
  PRICE_CARD_MISSING: entry(422, 2, 'There is no rate card for {region} as early as {day}; the first is of {first}.', 'Price a later month.'),
  PRICE_CARD_STALE: entry(409, 4, 'The prices of {regions} were last read more than {limit} ago.', 'Fetch the price list of AWS anew and read it with: bucketwise prices import <file>'),
  PRICE_LIST_INVALID: entry(400, 2, '{file}: {where}: {why}.', 'Nothing was written. Give a price list of AWS: a bulk offer (JSON or CSV) or what GetProducts answered.'),
  PRICE_LIST_UNREADABLE: entry(400, 2, '{file}: {why}.', 'Nothing was written. Fetch the file again.'),
  PRICE_MISSING: entry(422, 2, 'There is no price for {what} in {region}.', 'It is not sold there, or its price is not known; leave the line out or choose another Region.'),
  QUERY_FAILED: entry(502, 1, '{engine} failed on the inventory: {why}.', 'Nothing was counted, and the table made for it is dropped. Run again, or with --engine local.', true),
  REGION_MISSING: entry(400, 2, 'No Region was given.', 'Give --region, AWS_REGION or region in the document.'),
  REGION_UNKNOWN: entry(400, 2, 'There are no prices for Region "{region}".{near}', 'Known Regions: {known}.'),
  REQUEST_INVALID: entry(400, 2, 'The request cannot be read: {why}.', 'Send HTTP/1.1 with a plain path; see /openapi.json.'),
  REQUEST_TIMEOUT: entry(408, 2, 'The request took too long to arrive.', 'Send it again, faster.', true),
  ROUTE_UNKNOWN: entry(404, 2, 'There is nothing at {method} {path}.', 'See /openapi.json.'),
  SCANNER_ENDED: entry(500, 1, 'The thread that read inventory file "{file}" ended: {why}.', 'Nothing was counted. Run again; with --out, files that were read to their end are not read again.', true),
  SCANS_APART: entry(409, 2, 'These scans do not go together: {why}.', '{hint}'),
  SCAN_INVALID: entry(400, 2, '{source} is not a scan of bucketwise: {why}.', 'Make one with: bucketwise scan <uri> --out scan.json'),
  SCHEMA_REFUSED: entry(422, 5, '{partition} is refused: {why}.', 'The sources are untouched. Correct the columns in the config, or the file.'),
  SETUP_DENIED: entry(403, 6, '{table}: {what}.', '{todo}'),
  SETUP_UNFIT: entry(409, 1, '{table}: {what}.', '{todo}'),
  SIZE_INVALID: entry(400, 2, '"{value}" is not a size.', 'Write 131072, 128KiB or 1.5GiB.'),
  SOURCE_CORRUPT: entry(422, 5, '"{key}" cannot be read: {why}.', 'The hour is refused and the sources are untouched. Replace the file, or set compression in the config.'),
  SOURCE_EMPTY: entry(404, 2, 'There are no objects under {uri}.', 'Check the prefix; a folder needs its full path.'),
  STORE_FAILED: entry(502, 1, '{action} on "{what}" failed: {why}.', 'Run again; nothing is half-written.', true),
  STORE_THROTTLED: entry(503, 1, '{what} asked to slow down and did not recover.', 'Run again later.', true),
  TABLE_UNKNOWN: entry(404, 2, 'There is no table "{table}" in the config.{near}', 'Known: {known}.'),
  TARGET_TAKEN: entry(409, 5, 'The target (prefix "{target}") was begun with {field}: {was}, and the config says {is}.', 'Nothing was changed. Set {field} back, or give the table a target of its own: in this one its rows would be there twice.'),
  THRESHOLD_PASSED: entry(409, 4, '{what} is {value} USD, past the limit of {limit} USD.', 'The limit was set by {option}.'),
  UNCONFIRMED: entry(409, 5, '{action} was not confirmed.', 'Look at the preview, then add --yes.'),
  UNEXPECTED: entry(500, 1, 'bucketwise failed unexpectedly: {why}', 'Please report it with the command and --verbose.'),
  URI_INVALID: entry(400, 2, '"{uri}" is not an address bucketwise reads.', 'Write s3://bucket/prefix or file:///absolute/dir.'),
  VERIFICATION_REFUSED: entry(422, 5, '{partition} is refused: {why}.', 'Nothing was published and the sources are untouched. The evidence is in {evidence}.'),
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof errorTable;

/** Every failure a user can meet. What is expected in the course of things is a value instead. */
export class BucketwiseError extends Error {
  override readonly name = 'BucketwiseError';
  readonly hint: string;
  constructor(
    readonly code: ErrorCode,
    readonly details: Readonly<Record<string, string>>,
    cause?: unknown,
  ) {
    super(filled(errorTable[code].message, details), cause === undefined ? undefined : { cause });
    this.hint = filled(errorTable[code].hint, details);
  }
}

/** What is put in may end its sentence itself, with a question. */
const filled = (template: string, details: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => details[name] ?? '').replace(/\?\.$/, '?');

export function raise(
  code: ErrorCode,
  details: Readonly<Record<string, string>> = {},
  cause?: unknown,
): never {
  throw new BucketwiseError(code, details, cause);
}

/** The nearest of the known names, for "did you mean"; undefined when nothing is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
