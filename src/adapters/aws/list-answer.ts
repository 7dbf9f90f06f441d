/** An answer of HTTP/1.1 is taken apart where it lies (RFC 9112): no stream, and no piece of its body is copied. */

export interface AnswerHead {
  readonly status: number;
  /** By name in small letters; of several of one name the first. */
  readonly headers: Readonly<Record<string, string>>;
  /** Another answer may follow on the connection. */
  readonly staysOpen: boolean;
}

type Step = 'head' | 'counted' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'to-the-end' | 'whole';

/** What has come of an answer, and how far it is read. */
export interface Inflow {
  /** Grows, and is used again for the next answer. */
  buffer: Buffer;
  length: number;
  at: number;
  step: Step;
  head: AnswerHead | undefined;
  /** Bytes of the body, or of the chunk that is being read. */
  left: number;
  /** From and to of each piece of the body. */
  readonly spans: number[];
  /** The answer before was taken without the end of its chunks, and that has not come yet. */
  isRest: boolean;
}

const LONGEST_HEAD = 65_536;
const LONGEST_LINE = 1024;
/** A page of a thousand keys of a kilobyte, each byte encoded as three, is some four megabytes. */
const LONGEST = 1 << 26;
const ROOM = 65_536;
const LINE_END = '\r\n';

export const createInflow = (): Inflow => ({
  buffer: Buffer.allocUnsafeSlow(2 * ROOM),
  ...{ length: 0, at: 0, step: 'head' as const, head: undefined, left: 0, spans: [], isRest: false },
});

/** Ready for the next answer, or for the end of this one if that is yet to come. What a long one took is given back. */
export function begin(flow: Inflow): void {
  flow.spans.length = 0;
  flow.head = undefined;
  flow.isRest = isBetweenChunks(flow);
  // The socket has been told already where to put what comes next.
  if (flow.isRest) return;
  if (flow.buffer.length > 1 << 21) flow.buffer = Buffer.allocUnsafeSlow(2 * ROOM);
  flow.length = flow.at = flow.left = 0;
  flow.step = 'head';
}

/** Whether the next chunk is yet to come, or its absence. The end of the line of the last one may come with that. */
const isBetweenChunks = ({ step }: Inflow): boolean => step === 'chunk-size' || step === 'chunk-end';

/** Where more may be put. */
export function room(flow: Inflow): Buffer {
  const wanted = flow.length + ROOM + (flow.step === 'counted' ? flow.at + flow.left - flow.length : 0);
  if (flow.buffer.length - flow.length < ROOM / 2) {
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * flow.buffer.length, wanted));
    flow.buffer.copy(larger, 0, 0, flow.length);
    flow.buffer = larger;
  }
  return flow.buffer.subarray(flow.length);
}

export const bodyOf = ({ buffer, spans }: Inflow): readonly Buffer[] =>
  Array.from({ length: spans.length / 2 }, (_, i) => buffer.subarray(spans[2 * i], spans[2 * i + 1]));

/** So many bytes were put there; whether the answer is whole. Errors: what is no answer, and more than the end of the one before. */
export function received(flow: Inflow, bytes: number): boolean {
  flow.length += bytes;
  if (flow.length > LONGEST) return broken(`it is longer than ${LONGEST / 2 ** 20} MiB`);
  while (steps[flow.step](flow));
  return flow.step === 'whole';
}

/** Whether the last chunk there is ends so: all of the body, though the server has not said yet that no other follows. */
export function endsWith(flow: Inflow, end: string): boolean {
  const { at, length, spans, buffer } = flow;
  if (!isBetweenChunks(flow) || at < length || spans.length === 0) return false;
  const [from, to] = spans.slice(-2) as [number, number];
  return buffer.toString('latin1', Math.max(from, to - end.length), to) === end;
}

/** No more will come; whether the answer is whole with that. */
export function ended(flow: Inflow): boolean {
  if (flow.step !== 'to-the-end') return false;
  flow.spans.push(flow.at, flow.length);
  flow.step = 'whole';
  return true;
}

/** Each takes what has come, and says whether to go on with the next. */
const steps: Readonly<Record<Step, (flow: Inflow) => boolean>> = {
  head: takeHead,
  counted: takeCounted,
  'chunk-size': takeChunkSize,
  chunk: takeChunk,
  'chunk-end': takeChunkEnd,
  trailer: takeTrailer,
  'to-the-end': () => false,
  whole: () => false,
};

function broken(why: string): never {
  throw Object.assign(new Error(`the answer is not to be understood: ${why}`), { code: 'EPROTO' });
}

/** Where the text stands in what has come, and −1 as long as it may still come. */
function find(flow: Inflow, text: string, longest: number, what: string): number {
  const at = flow.buffer.subarray(flow.at, flow.length).indexOf(text, 0, 'latin1');
  if (at > longest || (at < 0 && flow.length - flow.at > longest))
    return broken(`${what} is longer than ${longest} bytes`);
  return at < 0 ? -1 : flow.at + at;
}

function takeHead(flow: Inflow): boolean {
  const end = find(flow, LINE_END + LINE_END, LONGEST_HEAD, 'its head');
  if (end < 0) return false;
  const [first = '', ...lines] = flow.buffer.toString('latin1', flow.at, end).split(LINE_END);
  const [, minor, code] = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |$)/.exec(first) ?? broken('it is no HTTP/1.1');
  flow.at = end + 2 * LINE_END.length;
  const status = Number(code);
  if (status < 200) return status === 101 ? broken('it changes the protocol') : true;
  const headers = headersIn(lines);
  const says = (word: string): boolean =>
    (headers.connection ?? '')
      .toLowerCase()
      .split(/\s*,\s*/)
      .includes(word);
  const coding = headers['transfer-encoding'];
  const counted = headers['content-length'];
  if (status === 204 || status === 304) flow.step = 'whole';
  else if (coding !== undefined)
    flow.step = /^chunked$/i.test(coding) ? 'chunk-size' : broken('its coding is unknown');
  else if (counted !== undefined) {
    if (!/^\d{1,12}$/.test(counted)) broken('its length is no number');
    flow.step = 'counted';
    flow.left = Number(counted);
    if (flow.left > LONGEST) broken(`it is longer than ${LONGEST / 2 ** 20} MiB`);
  } else flow.step = 'to-the-end';
  const isKept = minor === '1' ? !says('close') : says('keep-alive');
  const staysOpen = isKept && flow.step !== 'to-the-end' && !(coding !== undefined && counted !== undefined);
  flow.head = { status, headers, staysOpen };
  return true;
}

function headersIn(lines: readonly string[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const line of lines) {
    const [, name = '', value = ''] =
      /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? broken('a header is none');
    const known = headers[name.toLowerCase()];
    if (known === undefined) headers[name.toLowerCase()] = value;
    else if (/^content-length$/i.test(name) && known !== value) broken('it has two lengths');
    else if (/^transfer-encoding$/i.test(name)) broken('it has two codings');
  }
  return headers;
}

function takeCounted(flow: Inflow): boolean {
  if (flow.length - flow.at < flow.left) return false;
  takePiece(flow);
  flow.step = 'whole';
  return false;
}

function takePiece(flow: Inflow): void {
  flow.spans.push(flow.at, flow.at + flow.left);
  flow.at += flow.left;
}

function takeChunkSize(flow: Inflow): boolean {
  const end = find(flow, LINE_END, LONGEST_LINE, 'the head of a chunk');
  if (end < 0) return false;
  const [, size = ''] =
    /^([\da-f]{1,8})[ \t]*(?:;.*)?$/i.exec(flow.buffer.toString('latin1', flow.at, end)) ??
    broken('the length of a chunk is no number');
  flow.left = Number.parseInt(size, 16);
  if (flow.isRest && flow.left > 0) broken('the one before went on behind its end');
  flow.at = end + LINE_END.length;
  flow.step = flow.left === 0 ? 'trailer' : 'chunk';
  return true;
}

function takeChunk(flow: Inflow): boolean {
  if (flow.length - flow.at < flow.left) return false;
  takePiece(flow);
  flow.step = 'chunk-end';
  return true;
}

function takeChunkEnd(flow: Inflow): boolean {
  if (flow.length - flow.at < LINE_END.length) return false;
  if (flow.buffer.toString('latin1', flow.at, flow.at + LINE_END.length) !== LINE_END)
    broken('a chunk is longer than it says');
  flow.at += LINE_END.length;
  flow.step = 'chunk-size';
  return true;
}

function takeTrailer(flow: Inflow): boolean {
  const end = find(flow, LINE_END, LONGEST_HEAD, 'its trailer');
  if (end < 0) return false;
  const isLast = end === flow.at;
  flow.at = end + LINE_END.length;
  if (!isLast) return true;
  flow.step = flow.isRest ? 'head' : 'whole';
  flow.isRest = false;
  return false;
}
