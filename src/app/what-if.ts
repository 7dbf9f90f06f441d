/** `what-if`: a scan and a scenario become before, after, the cost of getting there and the break-even. */
import { parseBytes } from '../kernel/bytes.js';
import { nearest, raise } from '../kernel/errors.js';
import { compareUsd, usdFromText } from '../kernel/usd.js';
import type { Scan } from '../prefixes/scan.js';
import { scanFromJson } from '../prefixes/scan-json.js';
import { outcomeCsv, outcomeMarkdown, outcomeText } from '../report/outcome-view.js';
import { reportPage } from '../report/page.js';
import { compact, compactDefaults } from '../scenarios/compact.js';
import { defaultQueriesPerMonth, describe } from '../scenarios/layout.js';
import type { Outcome } from '../scenarios/outcome.js';
import { outcome } from '../scenarios/scenario.js';
import { countFrom, monthFor, rateCard } from './prices.js';
import { readScan, reportView } from './scan.js';
import { jsonText, type Shown } from './shown.js';
import type { Surroundings } from './surroundings.js';

export interface WhatIfOptions {
  /** As "128MiB". */
  readonly targetFileBytes?: string;
  /** Bytes after ÷ bytes before, as "0.5". */
  readonly compressionRatio?: string | number;
  readonly queriesPerMonth?: string | number;
}

export interface WhatIfRequest {
  /** A scan document, or the path of one. */
  readonly scan?: unknown;
  readonly scanPath?: string;
  readonly scenario: string;
  readonly options?: WhatIfOptions;
  readonly region?: string;
  readonly month?: string;
}

export async function whatIf(given: Surroundings, request: WhatIfRequest): Promise<Shown<Outcome>> {
  const scan = await scanOf(given, request);
  knownScenario(request.scenario);
  const month = monthFor(given, request.month);
  const region = request.region ?? scan.region;
  const card = await rateCard(given, region, month);
  const options = request.options ?? {};
  const queriesPerMonth = countFrom('--queries-per-month', options.queriesPerMonth, defaultQueriesPerMonth);
  const layoutOptions = { region, month, queriesPerMonth };
  const layout = describe(scan, scan.prefixes[0]!, layoutOptions);
  const change = compact(layout, { ...compactDefaults, queriesPerMonth, ...sizes(options) });
  const value = outcome(layout, change, card, month);
  return {
    value,
    forms: {
      table: ({ width }) => outcomeText(value, width),
      json: () => jsonText(value),
      csv: () => outcomeCsv(value),
      md: () => outcomeMarkdown(value),
      html: () => reportPage({ ...reportView(scan, card, layoutOptions), outcome: value }),
    },
  };
}

async function scanOf(given: Surroundings, { scan, scanPath }: WhatIfRequest): Promise<Scan> {
  return scanPath === undefined ? scanFromJson(scan, 'the body: scan') : readScan(given, scanPath);
}

function knownScenario(name: string): void {
  const known = ['compact'];
  const near = nearest(name, known);
  if (!known.includes(name))
    raise('ARGUMENT_INVALID', {
      field: 'scenario',
      why: `"${name}" is not built in${near ? `, did you mean "${near}"?` : `; there is: ${known.join(', ')}`}`,
    });
}

function sizes({ targetFileBytes, compressionRatio }: WhatIfOptions) {
  return {
    ...(targetFileBytes === undefined ? {} : { targetFileBytes: parseBytes(targetFileBytes) }),
    ...(compressionRatio === undefined ? {} : { sizePercent: percentOf(String(compressionRatio)) }),
  };
}

/** "0.57" is 57 %, not 56.99999999999999. */
function percentOf(ratio: string): number {
  const hundredths = /^\d(\.\d{1,4})?$/.test(ratio) ? Math.round(Number(ratio) * 10_000) : 0;
  if (hundredths <= 0 || hundredths > 20_000)
    raise('ARGUMENT_INVALID', {
      field: 'compression ratio',
      why: `"${ratio}" is not a number above 0 and at most 2 with at most four decimals`,
    });
  return hundredths / 100;
}

/** Errors: THRESHOLD_PASSED. */
export function checkThresholds(
  { monthly }: Outcome,
  limits: { readonly failIfMonthlyOver?: string; readonly failIfSavingsUnder?: string },
): void {
  const { failIfMonthlyOver: most, failIfSavingsUnder: least } = limits;
  const passed = (what: string, value: string, limit: string, option: string): never =>
    raise('THRESHOLD_PASSED', { what, value, limit, option });
  if (most !== undefined && compareUsd(monthly.after, usdFromText(most)) > 0)
    passed('The month after', monthly.after.toString(), most, '--fail-if-monthly-over');
  if (least !== undefined && compareUsd(monthly.saving, usdFromText(least)) < 0)
    passed('The saving a month', monthly.saving.toString(), least, '--fail-if-savings-under');
}
