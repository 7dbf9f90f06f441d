/** How far a live scan has come: the ranges that are left, and what was counted elsewhere. Together they are the whole prefix. */
import type { TreePart } from '../prefixes/tree-part.js';
import type { KeyRange } from './key-ranges.js';

/** Holds no functions: it is kept beside the document as v8.serialize writes it. */
export interface ScanPosition {
  readonly ranges: readonly KeyRange[];
  readonly part: TreePart;
  readonly objects: number;
  /** LIST requests, as billed. */
  readonly requests: number;
  /** When its first sitting began, milliseconds since 1970. */
  readonly startedAt: number;
}

/** Where a position is kept from sitting to sitting. */
export interface KeptPosition {
  /** Undefined when there is none that can be gone on from. */
  read(): Promise<ScanPosition | undefined>;
  /** Whole or not at all. Errors: PERMISSION_DENIED, STORE_FAILED. */
  keep(position: ScanPosition): Promise<void>;
  /** The document is written: nothing is kept any longer. */
  drop(): Promise<void>;
}
