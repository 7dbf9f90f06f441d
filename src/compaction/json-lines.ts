/** JSON lines as CSV of the declared columns: every value keeps its text, so that what is verified is what was written. */

export interface JsonLines {
  /** The CSV of the records these bytes complete. Undefined when a line is refused; `fault` says why. */
  take(chunk: Uint8Array): Uint8Array | undefined;
  /** The last line may lack its end. */
  end(): Uint8Array | undefined;
  fault(): { readonly line: number; readonly why: string } | undefined;
}

const longestLine = 32 * 1024 * 1024;

/**
 * One object a line, one record each; blank lines are none. A string is a quoted field, a number, true and false stand
 * as they are written, null and what is missing is nothing, an object or a list is its JSON text without blanks.
 * Refused: what is no object, a key no column has, a key twice, invalid UTF-8, half a surrogate pair, nothing for the only
 * column of a table.
 */
export function jsonLinesToCsv(columns: readonly string[]): JsonLines {
  const at = new Map(columns.map((name, index) => [name, index]));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const encoder = new TextEncoder();
  let rest: Uint8Array[] = [];
  let held = 0;
  let line = 0;
  let found: { line: number; why: string } | undefined;

  const refuse = (why: string): undefined => {
    found = { line, why };
    return undefined;
  };
  /** Whole lines. */
  const converted = (bytes: Uint8Array): Uint8Array | undefined => {
    const out: string[] = [];
    for (const raw of linesOf(bytes)) {
      line += 1;
      const text = decoded(decoder, raw);
      if (text === undefined) return refuse('it is not valid UTF-8');
      if (text.trim() === '') continue;
      const record = recordOf(text, at);
      if (typeof record === 'string') return refuse(record);
      out.push(`${record.map((field) => field ?? '').join(',')}\n`);
    }
    return encoder.encode(out.join(''));
  };
  return {
    take: (chunk) => {
      if (found) return undefined;
      const last = chunk.lastIndexOf(10);
      if (last < 0) {
        rest.push(chunk.slice());
        held += chunk.length;
        line += held > longestLine ? 1 : 0;
        return held > longestLine ? refuse('it is longer than 32 MiB') : new Uint8Array();
      }
      const whole = joined([...rest, chunk.subarray(0, last + 1)]);
      rest = [chunk.slice(last + 1)];
      held = rest[0]!.length;
      return converted(whole);
    },
    end: () => (found ? undefined : converted(joined(rest))),
    fault: () => found,
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  let from = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
    yield bytes.subarray(from, end);
    from = end + 1;
  }
  if (from < bytes.length) yield bytes.subarray(from);
}

function decoded(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Strings, numbers, words and marks; whatever else is there makes the line no JSON, and JSON.parse has said so before. */
const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[[\]{},:]/g;

/** The fields in the order of the columns, each as CSV writes it; a text is why the line is refused. */
function recordOf(text: string, at: ReadonlyMap<string, number>): (string | undefined)[] | string {
  const value = parsed(text);
  if (value === undefined) return 'it is not JSON';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not a JSON object';
  const tokens = text.match(token) ?? [];
  const fields: (string | undefined)[] = new Array(at.size).fill(undefined);
  const seen = new Set<string>();
  // tokens[0] is "{": then key, ":", value, and "," or the end.
  for (let next = 1; tokens[next] !== '}'; next += tokens[next] === ',' ? 1 : 0) {
    const key = JSON.parse(tokens[next]!) as string;
    const end = endOfValue(tokens, next + 2);
    const column = at.get(key);
    if (column === undefined) return `the key ${JSON.stringify(key)} is no column`;
    if (seen.has(key)) return `the key ${JSON.stringify(key)} is there twice`;
    seen.add(key);
    const field = fieldOf(tokens.slice(next + 2, end));
    if (field === halfPair) return `the value of ${JSON.stringify(key)} holds half a surrogate pair`;
    fields[column] = field;
    next = end;
  }
  // A CSV line with nothing in it is no record: the row would be lost.
  if (fields.length === 1 && fields[0] === undefined) return 'it has no value for the only column';
  return fields;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The index after the value that begins here. */
function endOfValue(tokens: readonly string[], from: number): number {
  let depth = 0;
  let at = from;
  do {
    const one = tokens[at]!;
    if (one === '{' || one === '[') depth += 1;
    if (one === '}' || one === ']') depth -= 1;
    at += 1;
  } while (depth > 0);
  return at;
}

const halfPair = Symbol('half a surrogate pair');

function fieldOf(tokens: readonly string[]): string | undefined | typeof halfPair {
  const [first = ''] = tokens;
  if (first === 'null') return undefined;
  const isText = first.startsWith('"');
  const text = isText ? (JSON.parse(first) as string) : tokens.join('');
  if (isText && /\p{Surrogate}/u.test(text)) return halfPair;
  return isText || tokens.length > 1 ? `"${text.replaceAll('"', '""')}"` : text;
}
