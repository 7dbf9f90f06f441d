/** `cost`: a usage document or a scan becomes an itemised bill. */
import { checked, parseText } from '../documents.js';
import type { Bill } from '../pricing/bill.js';
import { monthlyBill } from '../pricing/monthly-bill.js';
import { billingCode } from '../pricing/rate-card.js';
import type { BillingCodes } from '../pricing/transfer.js';
import type { Usage } from '../pricing/usage.js';
import { type UsageDocument, usageFromDocument } from '../pricing/usage-document.js';
import { usageSchema } from '../pricing/usage-schema.js';
import { billCsv, billMarkdown, billText } from '../report/bill-view.js';
import { focusCsv, focusVersion } from '../report/focus.js';
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
  /** Of -o focus: 1.2, 1.3 or 1.4. */
  readonly focusVersion?: string;
}

export async function cost(given: Surroundings, request: CostRequest): Promise<Shown<Bill>> {
  const version = focusVersion(request.focusVersion ?? '1.2');
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
      focus: () => focusCsv(bill, version),
    },
  };
}

async function ofUsage(given: Surroundings, request: CostRequest): Promise<Bill> {
  const path = request.usagePath;
  const source = path === undefined ? 'the body' : path === '-' ? 'stdin' : path;
  const value = path === undefined ? request.usage : parseText(await given.files.read(path), source);
  const code = path === undefined ? 'BODY_INVALID' : 'DOCUMENT_INVALID';
  const document = checked<UsageDocument>(usageSchema, overridden(value, request), source, code);
  const usage = usageFromDocument(document, source);
  const card = await rateCard(given, usage.region, usage.month);
  return monthlyBill(usage, card, await billingCodes(given, usage));
}

/** How the bill names the Regions that bytes are sent to. Errors: REGION_UNKNOWN. */
async function billingCodes(given: Surroundings, { transfer, month }: Usage): Promise<BillingCodes> {
  const names = new Set((transfer?.crossRegion ?? []).map(({ to }) => to));
  const codes = await Promise.all(
    [...names].map(async (to) => [to, billingCode(await rateCard(given, to, month))] as const),
  );
  return Object.fromEntries(codes);
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
