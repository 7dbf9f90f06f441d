/** `reconcile`: bills stream past the price book, and every dollar of them is matched, set apart, or not understood. */
import { parseMonth } from '../kernel/day.js';
import { nearest, raise } from '../kernel/errors.js';
import { exactly } from '../kernel/quantity.js';
import { compareUsd, usdFromText, zeroUsd } from '../kernel/usd.js';
import { type PriceFile, parsePriceFile } from '../pricing/price-file.js';
import type { Place } from '../reconcile/bill-line.js';
import { type BillReader, billReader } from '../reconcile/bill-lines.js';
import { explain } from '../reconcile/explain.js';
import { type Matcher, openMatcher } from '../reconcile/match.js';
import type { BillFile, Reconciliation } from '../reconcile/reconciliation.js';
import {
  reconciliationCsv,
  reconciliationMarkdown,
  reconciliationPage,
  reconciliationText,
} from '../report/reconcile-view.js';
import { jsonText, type Shown } from './shown.js';
import type { Surroundings, Watch } from './surroundings.js';
import { tierOffsets } from './tier-offsets.js';

export interface ReconcileRequest {
  /** Paths; "-" is standard input. */
  readonly bills: readonly string[];
  /** Only this Region, only this month. */
  readonly region?: string;
  readonly month?: string;
  /** "TimedStorage-ByteHrs=51200" each. */
  readonly tierOffsets?: readonly string[];
}

/** Errors: those of the files, BILL_INVALID, BILL_UNREADABLE, REGION_UNKNOWN, INTERRUPTED. */
export async function reconcile(
  given: Surroundings,
  request: ReconcileRequest,
  watch: Watch,
): Promise<Shown<Reconciliation>> {
  const offsets = tierOffsets(request.tierOffsets ?? []);
  const month = request.month === undefined ? undefined : parseMonth(request.month);
  const book = await priceBook(given);
  const matcher = openMatcher(book, {
    ...(request.region === undefined ? {} : { region: knownRegion(book, request.region) }),
    ...(month === undefined ? {} : { month }),
  });
  const files: BillFile[] = [];
  for (const path of distinct(request.bills)) files.push(await readBill(given, path, matcher, watch));
  const value = explain(files, matcher.matched, offsets);
  return {
    value,
    forms: {
      table: ({ width }) => reconciliationText(value, width),
      json: () => jsonText(value),
      csv: () => reconciliationCsv(value),
      md: () => reconciliationMarkdown(value),
      html: () => reconciliationPage(value),
    },
  };
}

/** A bill that is named twice would be counted twice. Errors: ARGUMENT_MISSING, ARGUMENT_INVALID. */
function distinct(bills: readonly string[]): readonly string[] {
  if (bills.length === 0) raise('ARGUMENT_MISSING', { field: '--bill', hint: 'Name the files of the bill.' });
  const twice = bills.find((path, at) => bills.indexOf(path) !== at);
  if (twice !== undefined) raise('ARGUMENT_INVALID', { field: '--bill', why: `"${twice}" is named twice` });
  return bills;
}

async function readBill(
  given: Surroundings,
  path: string,
  matcher: Matcher,
  { progress, signal }: Watch,
): Promise<BillFile> {
  const name = path === '-' ? 'stdin' : path;
  let place: Place = { file: name, word: 'line' };
  let reader: BillReader | undefined;
  let rows = 0;
  await given.bills.read(path, {
    choose: (header, word) => {
      place = { file: name, word };
      reader = billReader(header, place);
      place = { ...place, quantityColumn: reader.quantityColumn };
      return reader.columns;
    },
    take: (cells, at) => {
      rows += 1;
      matcher.take(reader!.lineOf(cells, at), place);
    },
    progress: (bytes, total) => {
      progress(`${name}: ${rows.toLocaleString('en-US')} rows${shareText(bytes, total)}`);
    },
    signal,
  });
  return { file: name, form: reader!.form, rows };
}

const shareText = (bytes: number, total: number | undefined): string =>
  total === undefined || total === 0 ? '' : `, ${Math.floor((100 * bytes) / total)} %`;

async function priceBook(given: Surroundings): Promise<ReadonlyMap<string, PriceFile>> {
  const files = await Promise.all(
    (await given.regions()).map(async (region): Promise<[string, PriceFile]> => {
      const text = (await given.rateCards(region)) ?? '';
      return [region, parsePriceFile(text, `${region}.json`)];
    }),
  );
  return new Map(files);
}

/** Errors: REGION_UNKNOWN with the nearest name. */
function knownRegion(book: ReadonlyMap<string, PriceFile>, region: string): string {
  if (book.has(region)) return region;
  const known = [...book.keys()];
  const near = nearest(region, known);
  return raise('REGION_UNKNOWN', {
    region,
    near: near ? ` Did you mean "${near}"?` : '',
    known: known.join(', '),
  });
}

/** The flag --fail-if-error-over. Errors: BILL_UNEXPLAINED, NUMBER_INVALID. */
export function checkError({ unexplained }: Reconciliation, limit: string | undefined): void {
  if (limit === undefined) return;
  const most = usdFromText(exactly(limit).toString());
  const { percent, amount } = unexplained;
  const isOver =
    percent === null
      ? compareUsd(amount, zeroUsd) > 0
      : compareUsd(usdFromText(percent.toString()), most) > 0;
  if (isOver) raise('BILL_UNEXPLAINED', { percent: percent?.toString() ?? '100', limit });
}
