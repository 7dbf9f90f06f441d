/** The columns a config declares: each once, decimals with digits that fit. */
import type { Column } from '../compaction/schema.js';

export function columnsOf(
  raw: readonly { name: string; type: string }[],
  wrong: (name: string, why: string) => never,
): Column[] {
  const names = raw.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) wrong('source.columns', `"${twice}" is there twice`);
  return raw.map(({ name, type }) => {
    const decimal = /^decimal\((\d+),(\d+)\)$/.exec(type);
    if (!decimal) return { name, type: type as Column['type'] };
    const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
    if (precision < 1 || precision > 38 || scale > precision)
      wrong('source.columns', `${type} needs a precision of 1 to 38 and a scale no larger`);
    return { name, type: 'decimal', precision, scale };
  });
}
