/** No table writes where another reads or writes. */
import { raise } from '../kernel/errors.js';
import { isOnePlace, type Location, overlap } from '../kernel/s3.js';

interface Places {
  readonly name: string;
  readonly source: { readonly location: Location };
  readonly target: { readonly location: Location };
  readonly upstream?: { readonly name: string };
}

/**
 * Output that lies under an input would be read as new input: a loop that eats money. Two tables in one place are one. A table
 * made of another's commits reads those, never what lies there.
 */
export function refuseCrossing(tables: readonly Places[], source: string): void {
  for (const [at, { target }] of tables.entries())
    for (const other of tables) {
      const isAnother = other !== tables[at];
      const isMadeOfIt = other.upstream?.name === tables[at]?.name;
      if (isAnother && !isMadeOfIt && overlap(target.location, other.source.location))
        crossing(source, at, `table "${other.name}" reads there; give the target a place of its own`);
      if (isAnother && isOnePlace(target.location, other.target.location) && tables.indexOf(other) < at)
        crossing(source, at, `table "${other.name}" writes there too; give each a place of its own`);
    }
}

const crossing = (source: string, at: number, why: string): never =>
  raise('CONFIG_INVALID', { source, field: `tables.${at}.target.uri`, why });
