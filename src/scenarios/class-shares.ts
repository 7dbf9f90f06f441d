/** Of which class the objects at a prefix are: requests in logs do not name it, and their price depends on it. */
import { type Prefix, parentOf, type StorageClass } from '../kernel/s3.js';
import type { PrefixRow } from '../prefixes/scan.js';
import { classesOf, isReadable, totalsOf } from './table-layout.js';

export interface ClassShare {
  readonly class: StorageClass;
  readonly objects: bigint;
}

/** What lies at a prefix by class; where the scan has no such row, what lies above it. */
export function classesAt(rows: readonly PrefixRow[]): (prefix: Prefix) => readonly ClassShare[] {
  const known = new Map(rows.map((row) => [row.prefix, row]));
  const root = rows[0]?.prefix ?? '';
  return (prefix) => {
    for (let at = prefix; at.length >= root.length; at = parentOf(at)) {
      const row = known.get(at);
      if (row)
        return classesOf(row.histogram).map((name) => ({
          class: name,
          objects: totalsOf(row.histogram.filter((bar) => bar.class === name)).objects,
        }));
      if (at === '') break;
    }
    return [];
  };
}

/** The parts of an amount by class, whole and adding up; all of it in STANDARD where nothing is known. */
export function split(amount: bigint, among: readonly ClassShare[]): Map<StorageClass, bigint> {
  const all = among.reduce((sum, { objects }) => sum + objects, 0n);
  if (all === 0n) return new Map(amount === 0n ? [] : [['STANDARD', amount]]);
  const parts = new Map(among.map((one) => [one.class, (amount * one.objects) / all]));
  const most = among.reduce((a, b) => (b.objects > a.objects ? b : a));
  const given = [...parts.values()].reduce((a, b) => a + b, 0n);
  parts.set(most.class, parts.get(most.class)! + amount - given);
  return new Map([...parts].filter(([, part]) => part > 0n));
}

export const readableOf = (shares: readonly ClassShare[]): ClassShare[] =>
  shares.filter((share) => isReadable(share.class));

/** STANDARD where any object there is, else the class of most: where writers put what they write. */
export const writtenOf = (shares: readonly ClassShare[]): StorageClass =>
  shares.length === 0 || shares.some((share) => share.class === 'STANDARD')
    ? 'STANDARD'
    : shares.reduce((a, b) => (b.objects > a.objects ? b : a)).class;

/** Where reading has a price by the byte. */
export const retrievalClasses = ['STANDARD_IA', 'ONEZONE_IA', 'GLACIER_IR', 'EXPRESS_ONEZONE'] as const;
export type RetrievedClass = (typeof retrievalClasses)[number];

export const isRetrieved = (name: StorageClass): name is RetrievedClass =>
  retrievalClasses.some((one) => one === name);
