/** One line as OpenCSVSerDe reads it, faults and all: what it drops here, Athena and Trino drop too (facts: CSV SerDes). */

export interface SerDe {
  readonly separator: string;
  readonly quote: string;
  readonly escape: string;
}

/** The fields of a line, null where it has too few; of an unterminated last field nothing is left. */
export function serdeFields(
  line: string,
  { separator, quote, escape: escaper }: SerDe,
  width: number,
): (string | null)[] {
  const fields: (string | null)[] = Array.from({ length: width }, () => null);
  if (line === '') return fields;
  let field = '';
  let column = 0;
  let inQuotes = false;
  let inField = false;
  for (let at = 0; at < line.length && column < width; at += 1) {
    const char = line[at]!;
    const next = line[at + 1];
    if (char === escaper) {
      if ((inQuotes || inField) && (next === quote || next === escaper)) {
        field += next;
        at += 1;
      }
    } else if (char === quote) {
      if ((inQuotes || inField) && next === quote) {
        field += quote;
        at += 1;
      } else {
        const isInside = at > 2 && line[at - 1] !== separator && next !== undefined && next !== separator;
        if (isInside) field = field !== '' && field.trim() === '' ? '' : field + quote;
        inQuotes = !inQuotes;
      }
      inField = !inField;
    } else if (char === separator && !inQuotes) {
      fields[column] = field;
      column += 1;
      field = '';
      inField = false;
    } else {
      field += char;
      inField = true;
    }
  }
  if (column < width && !inQuotes) fields[column] = field;
  return fields;
}

/** Lines end at LF, CR or both, in quotes too; the first `skip` are dropped whatever they hold. */
export function serdeRows(text: string, serde: SerDe, width: number, skip: number): (string | null)[][] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(skip).map((line) => serdeFields(line, serde, width));
}
