/** The end of an ORC file: what its columns are and where its stripes lie, each of them within the file. */
import type { ColumnSource, Refuse } from '../columnar/column-file.js';
import { openRange, readExactly } from '../columnar/file-range.js';
import type { Codecs } from '../ports.js';
import { type Compression, compressionOf, readSection } from './orc-stream.js';
import { type Message, messages, readMessage, texts, whole, wholes } from './protobuf.js';

export interface OrcStripe {
  readonly rows: number;
  readonly offset: number;
  readonly indexLength: number;
  readonly dataLength: number;
  readonly footerLength: number;
}

export interface OrcColumn {
  readonly name: string;
  /** Its number in the stripes. */
  readonly id: number;
  /** As Type.Kind numbers it. */
  readonly kind: number;
}

export interface OrcTail {
  readonly rows: number;
  readonly compression: Compression;
  readonly stripes: readonly OrcStripe[];
  readonly columns: readonly OrcColumn[];
}

const magic = 'ORC';
const mostPostscript = 256;
/** A footer has some hundred bytes a column and some dozen a stripe. */
const mostFooterBytes = 16 << 20;
const struct = 12;

export async function readTail(source: ColumnSource, codecs: Codecs, refuse: Refuse): Promise<OrcTail> {
  if (source.size < magic.length + 2) refuse('it is too short for ORC');
  const head = await readExactly(source, 0, magic.length, refuse);
  if (String.fromCharCode(...head) !== magic) refuse('it does not begin as ORC does', 0);
  const length = Math.min(source.size, mostPostscript);
  const end = await readExactly(source, source.size - length, length, refuse);
  const postLength = end[length - 1]!;
  if (postLength === 0 || postLength > length - 1)
    refuse('its end is not that of ORC: it may be cut', source.size - 1);
  const post = readMessage(end.subarray(length - 1 - postLength, length - 1), refuse);
  if (texts(post, 8000, refuse).at(-1) !== magic)
    refuse('its end is not that of ORC: it may be cut', source.size - 1);
  const compression = compressionOf(whole(post, 2, refuse), whole(post, 3, refuse), codecs, refuse);
  const footerLength = whole(post, 1, refuse);
  const bodyEnd = source.size - 1 - postLength - footerLength;
  if (footerLength > mostFooterBytes || bodyEnd < magic.length)
    refuse(`its footer cannot have ${footerLength} bytes`, source.size - 1 - postLength);
  const range = openRange(source, bodyEnd, footerLength, refuse);
  const footer = readMessage(await readSection(range, compression, mostFooterBytes, refuse), refuse);
  return contents(footer, compression, bodyEnd, refuse);
}

function contents(footer: Message, compression: Compression, bodyEnd: number, refuse: Refuse): OrcTail {
  if (footer.has(10)) refuse('it is encrypted');
  const stripes = messages(footer, 3, refuse).map((one, at) => stripeOf(one, at, bodyEnd, refuse));
  const rows = whole(footer, 6, refuse);
  const inStripes = stripes.reduce((sum, stripe) => sum + stripe.rows, 0);
  if (inStripes !== rows) refuse(`its footer says ${rows} rows, its stripes hold ${inStripes}`);
  return { rows, compression, stripes, columns: columnsOf(footer, refuse) };
}

function stripeOf(message: Message, at: number, bodyEnd: number, refuse: Refuse): OrcStripe {
  const stripe = {
    offset: whole(message, 1, refuse),
    indexLength: whole(message, 2, refuse),
    dataLength: whole(message, 3, refuse),
    footerLength: whole(message, 4, refuse),
    rows: whole(message, 5, refuse),
  };
  const end = stripe.offset + stripe.indexLength + stripe.dataLength + stripe.footerLength;
  if (stripe.offset < magic.length || end > bodyEnd)
    refuse(`its stripe ${at + 1} lies outside of it`, stripe.offset);
  return stripe;
}

/** The root is a struct and its fields are the columns. */
function columnsOf(footer: Message, refuse: Refuse): OrcColumn[] {
  const types = messages(footer, 4, refuse);
  const root = types[0];
  if (!root || whole(root, 1, refuse) !== struct) return refuse('its rows have no columns');
  const ids = wholes(root, 2, refuse);
  const names = texts(root, 3, refuse);
  if (ids.length !== names.length) refuse(`it has ${ids.length} columns and ${names.length} names for them`);
  return ids.map((id, at) => {
    const type = types[id];
    if (!type || id === 0) return refuse(`its column "${names[at]}" has no type`);
    return { name: names[at]!, id, kind: whole(type, 1, refuse) };
  });
}
