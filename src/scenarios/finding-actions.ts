/** What could be done about small objects, each with the month after it and the price of doing it; what saves most is advised. */
import { bytesText, KIB, MIB } from '../kernel/bytes.js';
import type { StorageClass } from '../kernel/s3.js';
import type { findingActions } from '../prefixes/scan.js';
import { grouped } from '../pricing/sizes.js';
import type { RequestUsage, Usage } from '../pricing/usage.js';
import { compactDefaults } from './compact.js';
import type { FindingPart } from './finding-part.js';
import { ceiling, listsPerQuery } from './layout.js';
import { classesOf, isReadable, storageOf, totalsOf, withoutBars } from './table-layout.js';
import { taking } from './taking.js';

export type FindingAction = (typeof findingActions)[number];

/** A change of the part that a finding speaks for. */
export interface Candidate {
  readonly action: FindingAction;
  readonly recommendation: string;
  readonly after: Usage;
  readonly oneOff: Usage;
}

const targetBytes = BigInt(compactDefaults.targetFileBytes);

/** The same bytes in files of the target size and in the same class; hours and days that are recognised stay apart. */
export function packed(part: FindingPart): Candidate {
  const { usage, histogram, row } = part;
  const hours = BigInt(row.partitions ?? 1);
  const held = totalsOf(histogram).objects;
  const classes = classesOf(histogram).map((name) => {
    const { objects, bytes } = totalsOf(histogram.filter((bar) => bar.class === name));
    const files = [ceiling(bytes, targetBytes), ceiling(hours * objects, held)].reduce(larger);
    return { class: name, objects, bytes, files: [files, objects].reduce(smaller) };
  });
  const filesOf = (name: StorageClass): { readonly files: bigint; readonly objects: bigint } =>
    classes.find((one) => one.class === name) ?? { files: 1n, objects: 1n };
  const files = classes.reduce((sum, one) => sum + one.files, 0n);
  return {
    action: 'compact',
    recommendation: packedText(part, files),
    after: {
      ...usage,
      storage: classes.map((one) => ({
        class: one.class,
        objects: one.files,
        bytes: one.bytes,
        // A file that is not full is no average of full ones.
        sizes: [{ objectBytes: one.bytes / one.files, objects: one.files, bytes: one.bytes }],
      })),
      requests: usage.requests.map(({ head = 0n, ...one }) => {
        const { files: made, objects } = filesOf(one.class);
        const fewer = (amount: bigint): bigint => ceiling(amount * made, objects);
        return {
          ...one,
          get: fewer(one.get),
          head: fewer(head),
          list: listsFor(one.list, part, files),
        };
      }),
    },
    oneOff: {
      ...bare(usage),
      ...taking(classes),
      requests: [
        ...classes.map((one) => put(one.class, one.files, isReadable(one.class) ? one.objects : 0n)),
      ],
    },
  };
}

function packedText({ flag, row }: FindingPart, files: bigint): string {
  const what = `about ${files === 1n ? 'one file' : `${grouped(files)} files`} of up to ${bytesText(targetBytes)}`;
  if (flag.kind === 'small-files') return flag.recommendation;
  const isArchived = flag.kind === 'archived-small-objects';
  const unknown = row.format === undefined && row.writer === undefined ? ', if they hold rows' : '';
  return isArchived
    ? `Compact into ${what} before they are archived${unknown}; what is archived already would have to be restored first.`
    : `Compact into ${what} before they change class${unknown}.`;
}

/** Sizes for which a floor or an overhead makes a class dearer than STANDARD; lifecycle rules can leave them by size. */
const edges = [1, 4, 8, 16, 32, 64, 128].map((kib) => kib * KIB);

/** One candidate for each size below which objects would stay in STANDARD. */
export const keptInStandard = (part: FindingPart): Candidate[] =>
  edges
    // An edge without objects right below it is the one before.
    .filter((edge, at) =>
      part.histogram.some(
        ({ upToBytes }) => upToBytes !== null && upToBytes <= edge && upToBytes > (edges[at - 1] ?? 0),
      ),
    )
    .flatMap((edge) => keptBelow(part, edge));

function keptBelow({ usage, histogram }: FindingPart, edge: number): Candidate[] {
  const moved = histogram.filter(({ upToBytes }) => upToBytes !== null && upToBytes <= edge);
  const { objects } = totalsOf(moved);
  const parts = classesOf(moved).map((name) => ({
    class: name,
    ...totalsOf(moved.filter((bar) => bar.class === name)),
  }));
  /** The share of a class that moves: requests go where their objects are. */
  const share = (name: StorageClass, amount: bigint): bigint => {
    const of = totalsOf(histogram.filter((bar) => bar.class === name)).objects;
    return of === 0n ? 0n : (amount * (parts.find((one) => one.class === name)?.objects ?? 0n)) / of;
  };
  const requests = usage.requests.flatMap(({ head = 0n, ...one }): RequestUsage[] => {
    const gone = {
      put: share(one.class, one.put),
      get: share(one.class, one.get),
      head: share(one.class, head),
    };
    return [
      { ...one, put: one.put - gone.put, get: one.get - gone.get, head: head - gone.head },
      { class: 'STANDARD', ...gone, list: 0n, delete: 0n },
    ];
  });
  const kept = moved.map((bar) => ({ ...bar, class: 'STANDARD' }));
  return [
    {
      action: 'keep-in-standard',
      recommendation: `Do not move objects below ${bytesText(edge)} out of STANDARD (in the lifecycle rule: ObjectSizeGreaterThan ${edge - 1}).`,
      after: {
        ...usage,
        storage: [...storageOf(withoutBars(histogram, moved)), ...storageOf(kept)],
        requests,
        retrieval: (usage.retrieval ?? []).map((one) => ({
          ...one,
          bytes: one.bytes - share(one.class, one.bytes),
        })),
      },
      oneOff: {
        ...bare(usage),
        ...taking(parts),
        requests: [
          put('STANDARD', objects, 0n),
          ...parts.filter((one) => isReadable(one.class)).map((one) => put(one.class, 0n, one.objects)),
        ],
      },
    },
  ];
}

/** Amazon Data Firehose writes after 128 MiB or 900 s at the most (Data Firehose Developer Guide, buffering hints). */
const bufferBytes = BigInt(128 * MIB);
const writesPerHour = 4n;

/** Undefined where another program writes, or where its hours are not known. */
export function largerBuffer(part: FindingPart): Candidate | undefined {
  const { usage, histogram, row } = part;
  if (row.writer !== 'Amazon Data Firehose' || row.partitions === undefined) return undefined;
  const { objects, bytes } = totalsOf(histogram);
  const hours = BigInt(row.partitions) * (/H/.test(row.partitioning ?? '') ? 1n : 24n);
  const full = ceiling(bytes, bufferBytes);
  const written = larger(full, hours * writesPerHour);
  if (objects <= written) return undefined;
  const fewer = (amount: bigint): bigint => ceiling(amount * written, objects);
  return {
    action: 'change-buffer',
    recommendation: `Raise the buffer of the Firehose stream to ${bytesText(bufferBytes)} and 900 s: about ${grouped(written)} objects instead of ${grouped(objects)} for the same rows. What is there stays as it is until it expires, or is compacted.`,
    after: {
      ...usage,
      storage: classesOf(histogram).map((name) => {
        const held = totalsOf(histogram.filter((bar) => bar.class === name));
        const made = fewer(held.objects);
        return {
          class: name,
          objects: made,
          bytes: held.bytes,
          sizes: [{ objectBytes: held.bytes / made, objects: made, bytes: held.bytes }],
        };
      }),
      requests: usage.requests.map(({ head = 0n, ...one }) => ({
        ...one,
        put: fewer(one.put),
        get: fewer(one.get),
        head: fewer(head),
        list: listsFor(one.list, part, written),
      })),
    },
    oneOff: { ...bare(usage), requests: [] },
  };
}

/** A reader lists so many pages of keys and every folder; only the pages become fewer. */
function listsFor(lists: bigint, { histogram, row }: FindingPart, objects: bigint): bigint {
  const folders = BigInt(row.partitions ?? 0);
  const before = listsPerQuery(totalsOf(histogram).objects, folders);
  return before === 0n ? lists : ceiling(lists * listsPerQuery(objects, folders), before);
}

const bare = ({ region, month, tierOffsetGB }: Usage): Omit<Usage, 'requests'> => ({
  ...{ region, month, tierOffsetGB },
  storage: [],
});

const put = (storageClass: StorageClass, amount: bigint, get: bigint): RequestUsage => ({
  ...{ class: storageClass, put: amount, get, list: 0n, delete: 0n },
});

function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}
