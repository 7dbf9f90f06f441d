/**
 * A bucket that can only be listed, in a process of its own: slow, throttling and unreliable as asked. Prints its address, ends with its parent.
 *
 *   node --import tsx scripts/servers/list-stub.ts --keys 500000 --shape flat|folders|hours --latency 60 --faults 0.1 --most 40
 *
 * --faults: the share of requests that fail (503, 500, a reset, a body cut short); --most: requests a second, 503 beyond.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '500000' },
    shape: { type: 'string', default: 'flat' },
    latency: { type: 'string', default: '60' },
    faults: { type: 'string', default: '0' },
    most: { type: 'string', default: 'Infinity' },
  },
});
const [keys, latency, faults, most] = [values.keys, values.latency, values.faults, values.most].map(
  Number,
) as [number, number, number, number];

const PAGE = 1000;
const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** Ascending in byte order, each of one length within a shape. */
const shapes: Readonly<Record<string, (i: number) => string>> = {
  flat: (i) => `obj-${pad(i, 10)}-${((i * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0')}.csv`,
  folders: (i) => `data/folder-${pad(Math.floor(i / 40), 6)}/part-${pad(i % 40, 5)}.csv`,
  hours: (i) => {
    const at = new Date(Date.UTC(2000, 0, 1) + Math.floor(i / 25) * 3_600_000).toISOString();
    return `csv/clicks/year=${at.slice(0, 4)}/month=${at.slice(5, 7)}/day=${at.slice(8, 10)}/hour=${at.slice(11, 13)}/part-${pad(i % 25, 5)}.csv`;
  },
};
const keyAt = shapes[values.shape]!;
const row = (i: number): string =>
  `<Contents><Key>${encodeURIComponent(keyAt(i)).replaceAll('%2F', '/')}</Key><LastModified>2026-11-24T00:00:00.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>${(i * 7919) % 300_000}</Size><StorageClass>STANDARD</StorageClass></Contents>`;

/** All rows one after another: an answer is a piece of it. */
const ends = new Float64Array(keys + 1);
for (let i = 0; i < keys; i++) ends[i + 1] = ends[i]! + row(i).length;
const rows = Buffer.alloc(ends[keys]!);
for (let i = 0; i < keys; i++) rows.write(row(i), ends[i]!, 'latin1');

/** The first place whose key satisfies a test that is false up to some key and true from there on. */
function firstWhere(test: (key: string) => boolean): number {
  let low = 0;
  for (let high = keys; low < high; ) {
    const middle = (low + high) >>> 1;
    if (test(keyAt(middle))) high = middle;
    else low = middle + 1;
  }
  return low;
}

let state = 1;
/** The same faults in every run. */
function chance(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

let second = 0;
let within = 0;

function answer(query: URLSearchParams, response: ServerResponse): void {
  const now = Math.floor(Date.now() / 1000);
  within = now === second ? within + 1 : 1;
  second = now;
  const kind = chance() < faults ? Math.floor(chance() * 4) : -1;
  if (within > most || kind === 0) refuse(response, 503, 'SlowDown');
  else if (kind === 1) refuse(response, 500, 'InternalError');
  else if (kind === 2) response.destroy();
  else send(response, pageFor(query), kind === 3);
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

function pageFor(query: URLSearchParams): readonly Buffer[] {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const end = firstWhere((key) => key > prefix && !key.startsWith(prefix));
  if (query.get('delimiter') === '/')
    return groupsFor(prefix, after, end, Math.min(PAGE, Number(query.get('max-keys') ?? PAGE)));
  const from = firstWhere((key) => key > after && key >= prefix);
  const to = Math.min(from + PAGE, end);
  const more = to < end;
  return [
    head(more ? keyAt(to - 1) : undefined),
    to > from ? rows.subarray(ends[from]!, ends[to]!) : Buffer.alloc(0),
    Buffer.from('</ListBucketResult>'),
  ];
}

function groupsFor(prefix: string, after: string, end: number, most: number): readonly Buffer[] {
  const parts: string[] = [];
  let last = '';
  let at = firstWhere(
    (key) => key > after && key >= prefix && !(after.endsWith('/') && key.startsWith(after)),
  );
  while (at < end && parts.length < most) {
    const key = keyAt(at);
    const slash = key.indexOf('/', prefix.length);
    last = slash < 0 ? key : key.slice(0, slash + 1);
    parts.push(
      slash < 0 ? row(at) : `<CommonPrefixes><Prefix>${encodeURIComponent(last)}</Prefix></CommonPrefixes>`,
    );
    at = slash < 0 ? at + 1 : firstWhere((other) => other > last && !other.startsWith(last));
  }
  return [head(at < end ? last : undefined), Buffer.from(`${parts.join('')}</ListBucketResult>`)];
}

const head = (token: string | undefined): Buffer =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><EncodingType>url</EncodingType><MaxKeys>1000</MaxKeys><IsTruncated>${token !== undefined}</IsTruncated>${token === undefined ? '' : `<NextContinuationToken>${token}</NextContinuationToken>`}`,
  );

function send(response: ServerResponse, parts: readonly Buffer[], isCut: boolean): void {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  response.writeHead(200, { 'content-type': 'application/xml', 'content-length': length });
  if (isCut) {
    response.write(parts[0]!.subarray(0, 60), () => response.destroy());
    return;
  }
  response.cork();
  for (const part of parts) response.write(part);
  response.end();
  response.uncork();
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://stub');
  setTimeout(() => answer(searchParams, response), latency);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.stdin.on('end', () => process.exit(0)).resume();
