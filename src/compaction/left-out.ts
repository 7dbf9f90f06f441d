/**
 * Which rows an engine that reads whole objects is to leave out: those that were put aside, said in a way that holds for
 * them and for no other. A text does not fit its column wherever it stands, so naming column and text names every such
 * record; and a record of another number of fields is seen by what its last fields are.
 */
import { splitRecords } from './csv-fields.js';
import type { LeftOut } from './ports.js';
import type { HourValues } from './source-values.js';

/** Undefined when nothing was put aside. */
export function leftOutOf({ schema, sources }: HourValues, delimiter: string): LeftOut | undefined {
  const rejected = sources.flatMap(({ file }) => file.rejected);
  if (rejected.length === 0) return undefined;
  const texts = new Map<string, Set<string>>();
  for (const { column, raw } of rejected) {
    if (column === null) continue;
    const at = schema.columns.findIndex(({ name }) => name === column);
    const text = splitRecords(raw, delimiter)[0]?.[at]?.text ?? '';
    texts.set(column, (texts.get(column) ?? new Set()).add(text));
  }
  return {
    values: [...texts].map(([column, of]) => ({ column, texts: [...of].sort() })),
    otherWidths: rejected.some(({ column }) => column === null),
  };
}
