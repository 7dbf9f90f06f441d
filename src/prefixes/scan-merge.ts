/** Scans of several places as one scan: rows under one bucket keep their names, those of several bear the bucket's name before theirs. */
import { raise } from '../kernel/errors.js';
import { compareKeys, type Prefix, printable } from '../kernel/s3.js';
import { addUsd, usdFromText, zeroUsd } from '../kernel/usd.js';
import { medianBytes, mergeHistograms } from './histogram.js';
import type { PrefixRow, Scan } from './scan.js';
import { mergeTallies } from './tally.js';

/** Without findings, for those are of single places, and without requests. Errors: SCANS_APART. */
export function mergeScans(scans: readonly [Scan, ...Scan[]]): Scan {
  checkAlike(scans);
  const bases = scans.map(baseOf);
  const isOne = new Set(bases).size === 1;
  const rows = scans.map(({ prefixes }, at) =>
    prefixes.map((row) => ({ ...row, prefix: `${isOne ? '' : named(bases[at]!)}${row.prefix}` })),
  );
  checkDisjoint(scans, rows);
  const root = commonFolder(rows.map(([first]) => first!.prefix));
  const all = rows
    .flat()
    .map((row) => deeperBy(row, depthIn(root, row.prefix) - row.depth))
    .sort((a, b) => compareKeys(a.prefix, b.prefix));
  const top = scans.length === 1 ? [] : [rootRow(root, scans)];
  const missing = scans.flatMap((scan) => scan.missing ?? []);
  return {
    schemaVersion: 1,
    source: isOne ? `${bases[0]!}${root}` : `${schemeOf(bases)}${root}`,
    takenAt: scans.map(({ takenAt }) => takenAt).sort((a, b) => Date.parse(a) - Date.parse(b))[0]!,
    region: scans[0].region,
    smallBelowBytes: scans[0].smallBelowBytes,
    totals: mergeTallies(...scans.map(({ totals }) => totals)),
    prefixes: [...top, ...all],
    folded: {
      prefixes: scans.reduce((sum, { folded }) => sum + folded.prefixes, 0),
      into: scans.reduce((sum, { folded }) => sum + folded.into, 0),
    },
    findings: [],
    unknown: {
      classes: union(scans.map(({ unknown }) => unknown.classes)),
      columns: union(scans.map(({ unknown }) => unknown.columns)),
    },
    ...(missing.length > 0 && { missing }),
    ownCost: costOf(scans),
  };
}

const refuse = (why: string, hint: string): never => raise('SCANS_APART', { why, hint });

function checkAlike([first, ...others]: readonly [Scan, ...Scan[]]): void {
  for (const other of others) {
    if (other.smallBelowBytes !== first.smallBelowBytes)
      refuse(
        `small objects are below ${first.smallBelowBytes} bytes in one and below ${other.smallBelowBytes} in another`,
        'Scan again with one --small-below.',
      );
    if (other.region !== first.region)
      refuse(
        `one is priced in ${first.region}, another in ${other.region}`,
        'A scan has the prices of one Region: merge those of each.',
      );
  }
}

/** What stands before the prefixes of a scan in its address: "s3://bucket/". */
function baseOf({ source, prefixes }: Scan): string {
  const { prefix } = prefixes[0]!;
  return source.endsWith(prefix) ? source.slice(0, source.length - prefix.length) : source;
}

/** "s3://bucket/" → "bucket/". */
const named = (base: string): Prefix => {
  const name = base.replace(/^[a-z0-9]+:\/\/\/?/, '');
  return name === '' || name.endsWith('/') ? name : `${name}/`;
};

const schemeOf = (bases: readonly string[]): string => {
  const schemes = new Set(bases.map((base) => /^[a-z0-9]+:\/\/\/?/.exec(base)?.[0] ?? ''));
  return schemes.size === 1 ? [...schemes][0]! : '';
};

/** Objects that lie in two scans would count twice. */
function checkDisjoint(scans: readonly Scan[], rows: readonly (readonly PrefixRow[])[]): void {
  const roots = rows.map(([first], at) => ({ prefix: first!.prefix, source: scans[at]!.source }));
  roots.sort((a, b) => compareKeys(a.prefix, b.prefix));
  roots.forEach(({ prefix, source }, at) => {
    const before = roots[at - 1];
    if (before && prefix.startsWith(before.prefix))
      refuse(
        `${printable(source)} lies in ${printable(before.source)}, so that its objects would count twice`,
        'Merge scans of places apart from each other.',
      );
  });
}

/** The deepest folder that all lie in; of one alone itself. */
function commonFolder(prefixes: readonly Prefix[]): Prefix {
  const [first = '', ...others] = prefixes;
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && other[same] === first[same]) same += 1;
    length = same;
  }
  return others.length === 0 ? first : first.slice(0, first.slice(0, length).lastIndexOf('/') + 1);
}

const deeperBy = (row: PrefixRow, levels: number): PrefixRow => ({
  ...row,
  depth: row.depth + levels,
  ...(row.tableDepth !== undefined && { tableDepth: row.tableDepth + levels }),
});

const depthIn = (root: Prefix, prefix: Prefix): number => prefix.slice(root.length).split('/').length - 1;

function rootRow(prefix: Prefix, scans: readonly Scan[]): PrefixRow {
  const histogram = mergeHistograms(...scans.map(({ prefixes }) => prefixes[0]!.histogram));
  return {
    prefix,
    depth: 0,
    tallies: mergeTallies(...scans.map(({ totals }) => totals)),
    histogram,
    medianObjectBytes: medianBytes(histogram),
  };
}

const union = (lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())].sort();

function costOf(scans: readonly Scan[]): Scan['ownCost'] {
  const sum = (kind: 'put' | 'get' | 'list'): number =>
    scans.reduce((all, { ownCost }) => all + ownCost.requests[kind], 0);
  return {
    requests: { put: sum('put'), get: sum('get'), list: sum('list') },
    usd: scans.reduce((all, { ownCost }) => addUsd(all, usdFromText(ownCost.usd)), zeroUsd).toString(),
  };
}
