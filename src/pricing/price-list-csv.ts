/** The CSV form of a bulk offer: preamble lines that name the list, then one row for each tier, columns found by name. */
import {
  type CsvRow,
  checkOfferCode,
  type OfferPrice,
  offerPrice,
  type Places,
  publicationDay,
  type RawOffer,
  type RefuseList,
  refusing,
  regionAt,
} from './price-list.js';

const needed = [
  'SKU',
  'OfferTermCode',
  'TermType',
  'EffectiveDate',
  'StartingRange',
  'EndingRange',
  'Unit',
  'PricePerUnit',
  'Currency',
  'Location',
  'Volume Type',
  'usageType',
  'operation',
] as const;
type Column = (typeof needed)[number] | 'Region Code';

/** A cell of a row by the name of its column. */
type Cell = (name: Column) => string;

interface Line {
  readonly line: number;
  readonly cell: Cell;
}

/** Errors: PRICE_LIST_INVALID, naming the line, column or SKU. */
export function csvOffers(
  file: string,
  head: readonly CsvRow[],
  rows: () => readonly CsvRow[],
  places: Places,
): OfferPrice[] {
  const refuse = refusing(file);
  const at = head.findIndex(({ cells }) => cells.includes('SKU'));
  if (at < 0) return refuse('the first lines', 'there is no header with a column SKU');
  const list = preamble(file, head.slice(0, at), refuse);
  const columns = columnsOf(head[at]!, refuse);
  const lines = rows()
    .slice(at + 1)
    .map((row) => ({ line: row.line, cell: cellsOf(row, columns, head[at]!.cells.length, refuse) }));
  const onDemand = lines.filter(({ cell }) => cell('TermType') === 'OnDemand');
  return [...bySku(onDemand).values()].map((group) =>
    offerPrice({ ...list, ...rawOf(group, places, refuse) }, refuse),
  );
}

function preamble(file: string, rows: readonly CsvRow[], refuse: RefuseList) {
  const value = (name: string): string =>
    rows.find(({ cells }) => cells[0] === name)?.cells[1] ?? refuse('the first lines', `${name} is missing`);
  const offerCode = value('OfferCode');
  checkOfferCode(offerCode, 'OfferCode', refuse);
  return {
    file,
    offerCode,
    version: value('Version'),
    publicationDate: publicationDay(value('Publication Date'), 'Publication Date', refuse),
  };
}

function columnsOf(header: CsvRow, refuse: RefuseList): ReadonlyMap<string, number> {
  const where = `line ${header.line}`;
  const columns = new Map(header.cells.map((name, at) => [name, at]));
  if (columns.size < header.cells.length) refuse(where, 'two columns have the same name');
  for (const name of needed) if (!columns.has(name)) refuse(where, `the column "${name}" is missing`);
  return columns;
}

function cellsOf(row: CsvRow, columns: ReadonlyMap<string, number>, width: number, refuse: RefuseList): Cell {
  if (row.cells.length !== width)
    refuse(`line ${row.line}`, `it has ${row.cells.length} cells, not ${width} as the header`);
  return (name) => row.cells[columns.get(name) ?? -1] ?? '';
}

function bySku(lines: readonly Line[]): Map<string, Line[]> {
  const groups = new Map<string, Line[]>();
  for (const one of lines) {
    const key = `${one.cell('SKU')} ${one.cell('OfferTermCode')}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

/** What must be the same in every row of a SKU. */
const shared = ['usageType', 'operation', 'Volume Type', 'Location', 'EffectiveDate'] as const;

type RawRow = Omit<RawOffer, 'file' | 'offerCode' | 'version' | 'publicationDate'>;

function rawOf(group: readonly Line[], places: Places, refuse: RefuseList): RawRow {
  const { cell } = group[0]!;
  for (const { line, cell: own } of group)
    for (const name of shared)
      if (own(name) !== cell(name))
        refuse(
          `line ${line}`,
          `${name} of SKU ${cell('SKU')} is "${own(name)}", before it was "${cell(name)}"`,
        );
  return {
    sku: cell('SKU').trim(),
    usageType: cell('usageType'),
    operation: cell('operation'),
    volumeType: cell('Volume Type'),
    region: regionAt(places, cell('Region Code'), cell('Location')),
    location: cell('Location'),
    effectiveDate: cell('EffectiveDate'),
    dimensions: group.map(({ cell: own }) => ({
      unit: own('Unit'),
      beginRange: own('StartingRange'),
      endRange: own('EndingRange'),
      currency: own('Currency'),
      price: own('PricePerUnit'),
    })),
  };
}
