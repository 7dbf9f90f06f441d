/** Splits a short CSV text (a header, a sample) into fields that still know whether they were quoted. */

export interface Field {
  readonly text: string;
  /** `""` is the empty string; nothing at all is no value. */
  readonly quoted: boolean;
}

export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The records of a text whose last record may be cut: whoever passes a sample drops the last one. */
export function splitRecords(text: string, delimiter: string): Field[][] {
  const records: Field[][] = [];
  let record: Field[] = [];
  let at = 0;
  while (at < text.length) {
    const { field, end } = text[at] === '"' ? quotedField(text, at) : plainField(text, at, delimiter);
    record.push(field);
    if (text[end] === delimiter) {
      at = end + 1;
      if (at === text.length) record.push({ text: '', quoted: false });
      continue;
    }
    at = text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : end + 1;
    records.push(record);
    record = [];
  }
  if (record.length > 0) records.push(record);
  return records;
}

function quotedField(text: string, start: number): { field: Field; end: number } {
  let end = start + 1;
  for (;;) {
    const found = text.indexOf('"', end);
    if (found < 0)
      return { field: { text: unescaped(text.slice(start + 1)), quoted: true }, end: text.length };
    if (text[found + 1] !== '"')
      return { field: { text: unescaped(text.slice(start + 1, found)), quoted: true }, end: found + 1 };
    end = found + 2;
  }
}

const unescaped = (text: string): string => text.replaceAll('""', '"');

function plainField(text: string, start: number, delimiter: string): { field: Field; end: number } {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return { field: { text: text.slice(start, end), quoted: false }, end };
}
