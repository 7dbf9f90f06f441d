/** The program: use cases wired from what they are given; no input or output of its own. */
import { type CompactRequest, compact, type Reports, type ServedTables, serveTables } from './app/compact.js';
import { type CostRequest, cost } from './app/cost.js';
import { beforeAndAfter, demoReport, type SampleLake, sampleLake } from './app/demo.js';
import { type ImportRequest, type PlannedImport, planImport } from './app/price-import.js';
import { checkAge, checkPrices, type PriceCheck, type ShowRequest, showPrices } from './app/price-show.js';
import { checkError, type ReconcileRequest, reconcile } from './app/reconcile.js';
import { type ScanRequest, scan } from './app/scan.js';
import { billSchema, compactionSchema, outcomeSchema, rateCardSchema } from './app/schemas.js';
import { formats as allFormats, jsonText, type Look, type Shown, show } from './app/shown.js';
import type { Surroundings, Watch } from './app/surroundings.js';
import { checkThresholds, type WhatIfRequest, whatIf, whatIfSchema } from './app/what-if.js';
import type { Scan } from './prefixes/scan.js';
import type { Bill } from './pricing/bill.js';
import type { RateCardJson } from './pricing/rate-card-json.js';
import { usageSchema } from './pricing/usage-schema.js';
import type { Reconciliation } from './reconcile/reconciliation.js';
import type { Outcome } from './scenarios/outcome.js';

/** Every form a result may have; a result may lack some. */
export const formats: readonly string[] = allFormats;

export type { ServedTables } from './app/compact.js';

export interface App {
  scan(request: ScanRequest, watch: Watch): Promise<Shown<Scan>>;
  cost(request: CostRequest): Promise<Shown<Bill>>;
  whatIf(request: WhatIfRequest): Promise<Shown<Outcome>>;
  checkThresholds: typeof checkThresholds;
  reconcile(request: ReconcileRequest, watch: Watch): Promise<Shown<Reconciliation>>;
  checkError: typeof checkError;
  compact(verb: 'plan' | 'run' | 'status', request: CompactRequest, watch: Watch): Promise<Shown<Reports>>;
  serveTables(request: { readonly config?: string }, watch: Watch): Promise<ServedTables>;
  planImport(request: ImportRequest): Promise<PlannedImport>;
  showPrices(request: ShowRequest): Promise<Shown<RateCardJson>>;
  checkPrices(request: { readonly region?: string; readonly dir?: string }): Promise<Shown<PriceCheck>>;
  checkAge: typeof checkAge;
  sampleLake(dir: string): Promise<SampleLake>;
  beforeAndAfter(lake: SampleLake, before: Scan, watch: Watch): Promise<string>;
  report(lake: SampleLake, results: Parameters<typeof demoReport>[2]): Promise<void>;
  /** Errors: FORMAT_UNKNOWN. */
  show(shown: Shown<unknown>, format: string, look: Look): string;
  jsonText(value: unknown): string;
  readonly schemas: {
    readonly usage: object;
    readonly whatIf: object;
    readonly bill: object;
    readonly outcome: object;
    readonly compaction: object;
    readonly rateCard: object;
  };
}

export function createApp(given: Surroundings): App {
  return {
    scan: (request, watch) => scan(given, request, watch),
    cost: (request) => cost(given, request),
    whatIf: (request) => whatIf(given, request),
    checkThresholds,
    reconcile: (request, watch) => reconcile(given, request, watch),
    checkError,
    compact: (verb, request, watch) => compact(given, verb, request, watch),
    serveTables: (request, watch) => serveTables(given, request, watch),
    planImport: (request) => planImport(given, request),
    showPrices: (request) => showPrices(given, request),
    checkPrices: (request) => checkPrices(given, request),
    checkAge,
    sampleLake: (dir) => sampleLake(given, dir),
    beforeAndAfter: (lake, before, watch) => beforeAndAfter(given, lake, before, watch),
    report: (lake, results) => demoReport(given, lake, results),
    show,
    jsonText,
    schemas: {
      usage: usageSchema,
      whatIf: whatIfSchema,
      bill: billSchema,
      outcome: outcomeSchema,
      compaction: compactionSchema,
      rateCard: rateCardSchema,
    },
  };
}
