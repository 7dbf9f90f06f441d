/** A plan says for every hour what will be done and why; it is data, and the same input gives the same plan. */

export type PartitionState =
  | 'due'
  | 'open'
  | 'empty'
  | 'compacted'
  | 'late'
  | 'refused'
  | 'failed'
  | 'running';

export interface PartitionRow {
  /** The path form: "year=2026/month=11/day=22/hour=05". */
  readonly partition: string;
  readonly state: PartitionState;
  /** In plain words; "" when the state says it all. */
  readonly reason: string;
  /** 0 before the first commit. */
  readonly generation: number;
  readonly sources: { readonly objects: number; readonly bytes: number };
  readonly target: { readonly files: number; readonly bytes: number; readonly rows: number };
  /** Key of the evidence record, null before a commit. */
  readonly evidence: string | null;
  readonly ownCost: OwnCost | null;
}

export interface OwnCost {
  readonly requests: { readonly put: number; readonly get: number; readonly list: number };
  /** Of all queries, where the engine bills by that: also of those that failed, which are free, and were stopped. */
  readonly scannedBytes?: number;
  /** Decimal dollars, exact. */
  readonly usd: string;
}

export interface CompactionReport {
  readonly schemaVersion: 1;
  /** Digest of the plan's content; equal for equal input. */
  readonly planId: string;
  readonly table: string;
  readonly engine: 'duckdb' | 'trino' | 'athena';
  /** What a partition is. */
  readonly grain: 'minutes' | 'hour' | 'day';
  readonly partitions: readonly PartitionRow[];
  /** Why nothing could be found out or done; other tables went on. Absent when all went its way. */
  readonly failure?: { readonly code: string; readonly message: string };
  readonly totals: {
    readonly partitions: number;
    readonly due: number;
    readonly sources: { readonly objects: number; readonly bytes: number };
    readonly target: { readonly files: number; readonly bytes: number; readonly rows: number };
  };
  /** `before` is what was predicted before the run. */
  readonly ownCost: OwnCost & { readonly before: OwnCost };
}
