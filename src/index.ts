/** What a library user may import: the program as an object, the world it acts in, and the errors it raises. */

export type { Shown } from './app/shown.js';
export type { Surroundings, Watch } from './app/surroundings.js';
export { type App, createApp } from './app.js';
export { BucketwiseError, type ErrorCode } from './kernel/errors.js';
export type { Scan } from './prefixes/scan.js';
export type { Bill, BillLine } from './pricing/bill.js';
export type { PriceImport } from './pricing/price-import.js';
export type { RateCardJson } from './pricing/rate-card-json.js';
export type { UsageDocument } from './pricing/usage-document.js';
export type { Reconciliation } from './reconcile/reconciliation.js';
export type { Outcome } from './scenarios/outcome.js';
export type { ScanDiff } from './scenarios/scan-diff.js';
export { createWorld, type WorldOptions } from './world.js';
