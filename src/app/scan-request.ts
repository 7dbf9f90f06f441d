/** What a scan is asked for, and whose prices it is given. */

import { isManifest } from '../inventory/manifest-place.js';
import { parseBytes } from '../kernel/bytes.js';
import { raise } from '../kernel/errors.js';
import type { Prefix } from '../kernel/s3.js';
import { type PrefixTreeOptions, prefixTreeDefaults } from '../prefixes/prefix-tree.js';
import { regionFor } from './prices.js';
import type { Surroundings } from './surroundings.js';

export interface ScanRequest {
  readonly uri: string;
  readonly region?: string;
  readonly month?: string;
  readonly depth?: number;
  readonly top?: number;
  /** As "128KiB". */
  readonly smallBelow?: string;
  /** Of an inventory all it lists where it is absent, of a listing the current ones. */
  readonly versions?: 'current' | 'all';
  /** A scan made earlier, by which a listing is parted. */
  readonly seed?: string;
  /** Files of an inventory that are missing or damaged are left out and named, instead of ending the scan. */
  readonly partial?: boolean;
  /** Of an inventory: what tallies it, instead of this machine. */
  readonly engine?: 'athena' | 'trino';
  /** The file that says how the engine is reached. */
  readonly config?: string;
  readonly queriesPerMonth?: string;
  /** Where the scan is saved. */
  readonly out?: string;
  readonly maxCost?: string;
  /** Where logs of requests lie: server access logs or data events of CloudTrail. */
  readonly accessLogs?: string;
  /** Files of CloudWatch or Storage Lens to hold the scan against. */
  readonly check?: readonly string[];
}

/** What would be passed over without a word. Errors: ARGUMENT_INVALID. */
export function checkFlags({ uri, engine, config, partial, seed }: ScanRequest): void {
  const refuse = (field: string, why: string): never => raise('ARGUMENT_INVALID', { field, why });
  if (isManifest(uri)) {
    if (seed !== undefined)
      refuse('--seed', 'it says where to part a listing, and a report of S3 Inventory is read, not listed');
  } else {
    const instead = 'give the address of its manifest.json, or leave the flag out';
    if (engine !== undefined)
      refuse('--engine', `an engine tallies a report of S3 Inventory, and lists no bucket; ${instead}`);
    if (partial)
      refuse(
        '--partial',
        `it leaves out files of a report of S3 Inventory, and a listing has none; ${instead}`,
      );
  }
  if (config !== undefined && engine === undefined)
    refuse('--config', 'it says how an engine is reached; give --engine athena or trino, or leave it out');
}

/** A redirect finds the bucket in any Region, and the prices of another would be taken for its own. */
export function checkRegion(priced: string, actual: string | undefined): void {
  if (actual !== undefined && actual !== priced)
    raise('ARGUMENT_INVALID', {
      field: '--region',
      why: `the bucket lies in ${actual}, and prices of ${priced} are not its own; give --region ${actual}`,
    });
}

/** A folder on disk has no Region: it is priced as if it lay in us-east-1, and the scan says so. */
export const regionOf = (given: Surroundings, request: ScanRequest, scheme: 's3' | 'file'): string =>
  scheme === 'file' ? (request.region ?? given.region ?? 'us-east-1') : regionFor(given, request.region);

/** How a scan's objects are told apart. Errors: SIZE_INVALID. */
export const treeOptions = ({ smallBelow, depth }: ScanRequest, prefix: Prefix): PrefixTreeOptions => ({
  ...prefixTreeDefaults,
  prefix,
  smallBelowBytes: parseBytes(smallBelow ?? '128KiB'),
  ...(depth === undefined ? {} : { depth }),
});
