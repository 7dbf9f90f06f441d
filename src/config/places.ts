/** No table writes where another reads or writes, and no journal lies where it would be read as data. */
import { digest } from '../kernel/digest.js';
import { raise } from '../kernel/errors.js';
import { isOnePlace, type Location, locationText, overlap, type Prefix } from '../kernel/s3.js';

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

type State = Extract<Location, { scheme: 's3' }>;

/**
 * The folder of each table's journal below `state`, named after its target too: configs that know nothing of each other may
 * name one state. Errors: CONFIG_INVALID.
 */
export function statePrefixes(state: Location, tables: readonly Places[], source: string): Prefix[] {
  const wrong = (why: string): never => raise('CONFIG_INVALID', { source, field: 'state', why });
  if (state.scheme !== 's3')
    return wrong('it is no s3:// address; a folder keeps its journal under the target');
  const prefixes = tables.map((table) => stateOf(state, table));
  for (const [at, table] of tables.entries()) {
    const { location } = table.target;
    if (location.scheme !== 's3' || location.bucket !== state.bucket)
      wrong(
        `the target of table "${table.name}" is not in s3://${state.bucket}; a commit is one write beside its files`,
      );
    for (const prefix of prefixes) {
      const place: State = { ...state, prefix };
      // What is made of another table's commits is not listed.
      const isMadeOf = tables.some(({ target }) => isOnePlace(target.location, table.source.location));
      if (!isMadeOf && overlap(place, table.source.location))
        wrong(`table "${table.name}" reads there, and would take the journal for data`);
      if (overlap(place, location) && !isHiddenIn(prefix, tables[at]!.target.location))
        wrong(
          `readers of table "${table.name}" look there; choose a place outside of every target, or a folder in it whose name begins with "_"`,
        );
    }
  }
  return prefixes;
}

const stateOf = ({ prefix }: State, { name, target }: Places): Prefix =>
  `${prefix}${name}-${digest(locationText(target.location)).slice(0, 12)}/`;

/** Below a name of the target that Hive and Athena pass over. */
const isHiddenIn = (prefix: Prefix, { prefix: target }: Location): boolean =>
  prefix.startsWith(target) && /^[_.]/.test(prefix.slice(target.length));
