/** `cost`: a usage document or a scan becomes an itemised bill. */
import { checked, parseText } from '../documents.js';
import { raise } from '../kernel/errors.js';
import type { Bill } from '../pricing/bill.js';
import { monthlyBill } from '../pricing/monthly-bill.js';
import {
  notYetPriced,
  type UsageDocument,
  usageFromDocument,
  usageSchema,
} from '../pricing/usage-document.js';
import { billCsv, billMarkdown, billText } from '../report/bill-view.js';
import { billPage } from '../report/page.js';
import { defaultQueriesPerMonth, describe } from '../scenarios/layout.js';
import { billOf } from '../scenarios/scenario.js';
import { countFrom, monthFor, rateCard, regionFor } from './prices.js';
import { readScan } from './scan.js';
import { jsonText, type Shown } from './shown.js';
import type { Surroundings } from './surroundings.js';
import { tierOffsets } from './tier-offsets.js';

export interface CostRequest {
  /** A parsed document; or the path of one; or the path of a scan. Exactly one of the three. */
  readonly usage?: unknown;
  readonly usagePath?: string;
  readonly scanPath?: string;
  readonly region?: string;
  readonly month?: string;
  /** "TimedStorage-ByteHrs=51200" each. */
  readonly tierOffsets?: readonly string[];
  readonly queriesPerMonth?: string;
}

export async function cost(given: Surroundings, request: CostRequest): Promise<Shown<Bill>> {
  const bill =
    request.scanPath === undefined
      ? await ofUsage(given, request)
      : await ofScan(given, request, request.scanPath);
  return {
    value: bill,
    forms: {
      table: ({ width }) => billText(bill, width),
      json: () => jsonText(bill),
      ndjson: () => bill.lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      csv: () => billCsv(bill),
      md: () => billMarkdown(bill),
      html: () => billPage(bill),
    },
  };
}

async function ofUsage(given: Surroundings, request: CostRequest): Promise<Bill> {
  const path = request.usagePath;
  const source = path === undefined ? 'the body' : path === '-' ? 'stdin' : path;
  const value = path === undefined ? request.usage : parseText(await given.files.read(path), source);
  const document = checkedUsage(overridden(value, request), source, path === undefined);
  const usage = usageFromDocument(document, source);
  return monthlyBill(usage, await rateCard(given, usage.region, usage.month));
}

/** Flags win over the document. */
function overridden(value: unknown, request: CostRequest): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { region, month, tierOffsets: given = [] } = request;
  const before = (value as { tierOffsetGB?: object }).tierOffsetGB;
  return {
    ...value,
    ...(region === undefined ? {} : { region }),
    ...(month === undefined ? {} : { month }),
    ...(given.length === 0 ? {} : { tierOffsetGB: { ...before, ...tierOffsets(given) } }),
  };
}

/** A part of the document that is not priced is refused by name: leaving it out silently would make the bill too small. */
function checkedUsage(value: unknown, source: string, isBody: boolean): UsageDocument {
  const code = isBody ? 'BODY_INVALID' : 'DOCUMENT_INVALID';
  const field =
    typeof value === 'object' && value !== null ? notYetPriced.find((name) => name in value) : undefined;
  const why = 'is not priced yet; leave it out';
  if (field !== undefined)
    raise(code, {
      source,
      field,
      why: isBody ? `${field} ${why}` : why,
      hint: 'The other parts can be priced without it.',
    });
  return checked<UsageDocument>(usageSchema, value, source, code);
}

async function ofScan(given: Surroundings, request: CostRequest, path: string): Promise<Bill> {
  const scan = await readScan(given, path);
  const month = monthFor(given, request.month);
  const region = request.region ?? scan.region;
  const layout = describe(scan, scan.prefixes[0]!, {
    region: regionFor(given, region),
    month,
    queriesPerMonth: countFrom('--queries-per-month', request.queriesPerMonth, defaultQueriesPerMonth),
  });
  const usage = { ...layout.usage, tierOffsetGB: tierOffsets(request.tierOffsets ?? []) };
  return billOf(usage, await rateCard(given, region, month), layout);
}
