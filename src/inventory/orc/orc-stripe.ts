/** One stripe: where each stream of a column lies, and how the column is encoded. */
import type { ColumnSource, Refuse } from '../columnar/column-file.js';
import { openRange } from '../columnar/file-range.js';
import type { ChunkKernel } from './chunk-kernel.js';
import { type OrcStream, openStream, readSection } from './orc-stream.js';
import type { OrcColumn, OrcStripe, OrcTail } from './orc-tail.js';
import { messages, readMessage, whole } from './protobuf.js';

export const streamKinds = { present: 0, data: 1, length: 2, dictionary: 3 } as const;
export type StreamName = keyof typeof streamKinds;

/** A column of a stripe, its streams not yet read. */
export interface StripeColumn {
  readonly column: OrcColumn;
  readonly rows: number;
  readonly isDictionary: boolean;
  readonly dictionarySize: number;
  readonly version: 1 | 2;
  stream(name: StreamName): OrcStream | undefined;
  /** One that the column cannot be without, unless all of its values are null; in the memory of `kernel` if one is given. */
  needed(name: StreamName, kernel?: ChunkKernel): OrcStream;
}

interface Place {
  readonly at: number;
  readonly length: number;
}

const mostFooterBytes = 16 << 20;

/** How to come by the columns of it. */
export async function openStripe(
  source: ColumnSource,
  tail: OrcTail,
  stripe: OrcStripe,
  refuse: Refuse,
): Promise<(column: OrcColumn) => StripeColumn> {
  const dataEnd = stripe.offset + stripe.indexLength + stripe.dataLength;
  const range = openRange(source, dataEnd, stripe.footerLength, refuse);
  const footer = readMessage(await readSection(range, tail.compression, mostFooterBytes, refuse), refuse);
  if (footer.has(4)) refuse('its stripes are encrypted', dataEnd);
  const places = new Map<string, Place>();
  let at = stripe.offset;
  for (const one of messages(footer, 1, refuse)) {
    const place = { at, length: whole(one, 3, refuse) };
    at += place.length;
    if (at > dataEnd) refuse('the streams of a stripe are longer than it', stripe.offset);
    places.set(`${whole(one, 2, refuse)} ${whole(one, 1, refuse)}`, place);
  }
  const encodings = messages(footer, 2, refuse);
  const open = (column: OrcColumn, name: StreamName, kernel?: ChunkKernel): OrcStream | undefined => {
    const place = places.get(`${column.id} ${streamKinds[name]}`);
    if (!place) return undefined;
    return openStream(openRange(source, place.at, place.length, refuse), tail.compression, refuse, kernel);
  };
  if (places.has(`0 ${streamKinds.present}`)) refuse('some of its rows are null', stripe.offset);
  return (column) => {
    const encoding = encodings[column.id];
    if (!encoding) return refuse(`a stripe does not say how "${column.name}" is encoded`, dataEnd);
    const kind = whole(encoding, 1, refuse);
    if (kind > 3) refuse(`the encoding ${kind} of "${column.name}" is not known`, dataEnd);
    return {
      column,
      rows: stripe.rows,
      isDictionary: (kind & 1) === 1,
      dictionarySize: whole(encoding, 2, refuse),
      version: kind < 2 ? 1 : 2,
      stream: (name) => open(column, name),
      needed: (name, kernel) =>
        open(column, name, kernel) ?? refuse(`"${column.name}" has no stream of its ${name}`, stripe.offset),
    };
  };
}
