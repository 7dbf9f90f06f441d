/** The program: use cases wired from what they are given, each loaded when first asked for; no input or output of its own. */
import type { CompactRequest, CompactVerb, Reports } from './app/compact.js';
import type { ServedTables } from './app/compaction-schedule.js';
import type { Cleanings, Verdicts } from './app/compaction-upkeep.js';
import type { CostRequest } from './app/cost.js';
import type { demoReport, SampleLake } from './app/demo.js';
import type { Diagnosis } from './app/doctor.js';
import type { ImportRequest, PlannedImport } from './app/price-import.js';
import type { PriceCheck, ShowRequest } from './app/price-show.js';
import type { ReconcileRequest } from './app/reconcile.js';
import type { DiffRequest, MergeRequest } from './app/scan-documents.js';
import type { ScanRequest } from './app/scan-request.js';
import { billSchema, compactionSchema, outcomeSchema, rateCardSchema, whatIfSchema } from './app/schemas.js';
import { formats as allFormats, jsonText, type Look, type Shown, show } from './app/shown.js';
import type { Surroundings, Watch } from './app/surroundings.js';
import type { checkThresholds, WhatIfRequest } from './app/what-if.js';
import type { Scan } from './prefixes/scan.js';
import type { Bill } from './pricing/bill.js';
import type { RateCardJson } from './pricing/rate-card-json.js';
import { usageSchema } from './pricing/usage-schema.js';
import type { Reconciliation } from './reconcile/reconciliation.js';
import type { Outcome } from './scenarios/outcome.js';
import type { ScanDiff } from './scenarios/scan-diff.js';

/** Every form a result may have; a result may lack some. */
export const formats: readonly string[] = allFormats;

export type { ServedTables } from './app/compaction-schedule.js';

export interface App {
  scan(request: ScanRequest, watch: Watch): Promise<Shown<Scan>>;
  mergeScans(request: MergeRequest, watch: Watch): Promise<Shown<Scan>>;
  diffScans(request: DiffRequest): Promise<Shown<ScanDiff>>;
  /** Errors: INVENTORY_PARTIAL. */
  checkScan(value: Scan): Promise<void>;
  cost(request: CostRequest): Promise<Shown<Bill>>;
  whatIf(request: WhatIfRequest): Promise<Shown<Outcome>>;
  /** Errors: THRESHOLD_PASSED. */
  checkThresholds(...given: Parameters<typeof checkThresholds>): Promise<void>;
  reconcile(request: ReconcileRequest, watch: Watch): Promise<Shown<Reconciliation>>;
  /** `most` in percent. Errors: BILL_UNEXPLAINED. */
  checkError(value: Reconciliation, most: string | undefined): Promise<void>;
  compact(verb: CompactVerb, request: CompactRequest, watch: Watch): Promise<Shown<Reports>>;
  verifyCompaction(request: CompactRequest, watch: Watch): Promise<Shown<Verdicts>>;
  /** Errors: COMMIT_BROKEN. */
  checkVerdicts(value: Verdicts): Promise<void>;
  /** Without `act` it only tells. */
  cleanCompaction(request: CompactRequest, act: boolean, watch: Watch): Promise<Shown<Cleanings>>;
  doctor(request: CompactRequest, watch: Watch): Promise<Shown<Diagnosis>>;
  /** Errors: CONDITION_UNSUPPORTED. */
  checkDiagnosis(value: Diagnosis): Promise<void>;
  serveTables(request: { readonly config?: string }, watch: Watch): Promise<ServedTables>;
  planImport(request: ImportRequest): Promise<PlannedImport>;
  showPrices(request: ShowRequest): Promise<Shown<RateCardJson>>;
  checkPrices(request: { readonly region?: string; readonly dir?: string }): Promise<Shown<PriceCheck>>;
  /** `most` as 400d. Errors: PRICE_CARD_STALE. */
  checkAge(value: PriceCheck, most: string | undefined): Promise<void>;
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
    scan: async (request, watch) => (await import('./app/scan.js')).scan(given, request, watch),
    checkScan: async (value) => (await import('./app/scan.js')).checkScan(value),
    mergeScans: async (request, watch) =>
      (await import('./app/scan-documents.js')).mergedScan(given, request, watch),
    diffScans: async (request) => (await import('./app/scan-documents.js')).diffOfScans(given, request),
    cost: async (request) => (await import('./app/cost.js')).cost(given, request),
    whatIf: async (request) => (await import('./app/what-if.js')).whatIf(given, request),
    checkThresholds: async (...all) => (await import('./app/what-if.js')).checkThresholds(...all),
    reconcile: async (request, watch) =>
      (await import('./app/reconcile.js')).reconcile(given, request, watch),
    checkError: async (value, most) => (await import('./app/reconcile.js')).checkError(value, most),
    compact: async (verb, request, watch) =>
      (await import('./app/compact.js')).compact(given, verb, request, watch),
    verifyCompaction: async (request, watch) =>
      (await import('./app/compaction-upkeep.js')).verifyCompaction(given, request, watch),
    checkVerdicts: async (value) => (await import('./app/compaction-upkeep.js')).checkVerdicts(value),
    cleanCompaction: async (request, act, watch) =>
      (await import('./app/compaction-upkeep.js')).cleanCompaction(given, request, act, watch),
    doctor: async (request, watch) => (await import('./app/doctor.js')).doctor(given, request, watch),
    checkDiagnosis: async (value) => (await import('./app/doctor.js')).checkDiagnosis(value),
    serveTables: async (request, watch) =>
      (await import('./app/compaction-schedule.js')).serveTables(given, request, watch),
    planImport: async (request) => (await import('./app/price-import.js')).planImport(given, request),
    showPrices: async (request) => (await import('./app/price-show.js')).showPrices(given, request),
    checkPrices: async (request) => (await import('./app/price-show.js')).checkPrices(given, request),
    checkAge: async (value, most) => (await import('./app/price-show.js')).checkAge(value, most),
    sampleLake: async (dir) => (await import('./app/demo.js')).sampleLake(given, dir),
    beforeAndAfter: async (lake, before, watch) =>
      (await import('./app/demo.js')).beforeAndAfter(given, lake, before, watch),
    report: async (lake, results) => (await import('./app/demo.js')).demoReport(given, lake, results),
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
