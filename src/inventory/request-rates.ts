/** Requests and bytes by prefix, kind, requester and answer: bounded in number whatever a log holds, totals always exact. */
import { type Key, type Prefix, parentOf } from '../kernel/s3.js';
import {
  type RequestAnswer,
  type RequestOperation,
  requestAnswers,
  requestOperations,
} from '../prefixes/request-rows.js';
import { operationOf } from './log-operations.js';
import { openCells } from './request-cells.js';
import { openSums, type RequestBytes, type RequestTotals } from './request-sums.js';

export interface RequestTallyOptions {
  /** The bucket whose requests are meant; those of every bucket when it is not known. */
  readonly bucket: string | undefined;
  /** The scanned prefix, ending in "/" or empty: requests elsewhere are counted apart. */
  readonly prefix: Prefix;
  /** Rows are at most this many "/" below it. */
  readonly depth: number;
  /** Seconds since 1970: what is dated later is misdated. */
  readonly now: number;
  /** The folder without the hours and days at its end: partitions have no rows. */
  tableOf(folder: Prefix): Prefix;
  readonly limits?: Partial<TallyLimits>;
}

export interface TallyLimits {
  readonly prefixes: number;
  readonly requesters: number;
  /** Rows of prefix × requester × kind; beyond them, requesters are counted together. */
  readonly cells: number;
}

export const tallyLimits: TallyLimits = { prefixes: 10_000, requesters: 2000, cells: 50_000 };

/** What the requesters beyond the limit are counted under. */
export const otherRequesters = '(others)';

export interface RequestCell extends RequestTotals {
  readonly prefix: Prefix;
  readonly requester: string;
  readonly class: RequestOperation;
  readonly answer: RequestAnswer;
}

/** Numbers stand for texts: `add` is called for every line of a log. */
export interface RequestTally {
  /** The number of the row of this folder, or −1 when it lies outside of the scanned prefix. */
  rowOf(folder: Prefix): number;
  requesterOf(name: string): number;
  operationOf(name: string): number;
  classOf(operation: number): RequestOperation;
  add(row: number, requester: number, operation: number, answer: RequestAnswer, bytes: RequestBytes): void;
  /** Whether a request can have been made then: one wrong date would stretch the time observed over years. */
  isTime(seconds: number): boolean;
  /** Seconds since 1970 of a request that counts. */
  at(seconds: number): void;
  cells(): RequestCell[];
  summary(): RequestSummary;
}

export interface RequestSummary {
  /** Seconds since 1970 of the first and the last one; undefined when there was none. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** Hours of the clock in which there was one. */
  readonly activeHours: number;
  /** Within the bucket, outside of the scanned prefix. */
  readonly outside: bigint;
  readonly guessed: readonly {
    readonly operation: string;
    readonly class: RequestOperation;
    readonly requests: bigint;
  }[];
  readonly foldedPrefixes: number;
  readonly foldedRequesters: number;
}

const operationsAtMost = 1000;

export function openRequestTally(options: RequestTallyOptions): RequestTally {
  const limits = { ...tallyLimits, ...options.limits };
  const rows = openRows(options, limits.prefixes);
  const requesters = openNames(limits.requesters, otherRequesters);
  const operations = openNames(operationsAtMost, '(others)');
  const classes: number[] = [];
  const operationCounts: number[] = [];
  const sums = openSums();
  const cells = openCells();
  const hours = new Set<number>();
  let lastHour = Number.NaN;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let outside = 0;

  /** The place of a cell; the requester gives way when there are too many. */
  const cellOf = (row: number, requester: number, kind: number): number => {
    const found = cells.find(row, requester, kind);
    if (found >= 0) return found;
    return cells.size() >= limits.cells && requester !== 0
      ? cellOf(row, 0, kind)
      : cells.make(row, requester, kind);
  };

  return {
    rowOf: rows.of,
    requesterOf: (name) => requesters.of(requesterName(name)),
    operationOf(name) {
      const number = operations.of(name);
      classes[number] ??= requestOperations.indexOf(number === 0 ? 'unknown' : operationOf(name).class);
      operationCounts[number] ??= 0;
      return number;
    },
    classOf: (operation) => requestOperations[classes[operation]!]!,
    add(row, requester, operation, answer, bytes) {
      operationCounts[operation]! += 1;
      if (row < 0) outside += 1;
      else
        sums.add(
          cellOf(
            row,
            requester,
            classes[operation]! * requestAnswers.length + requestAnswers.indexOf(answer),
          ),
          bytes,
        );
    },
    isTime: (seconds) => seconds >= firstYear && seconds <= options.now + daySeconds,
    at(seconds) {
      if (seconds < first) first = seconds;
      if (seconds > last) last = seconds;
      const hour = Math.floor(seconds / 3600);
      if (hour === lastHour) return;
      lastHour = hour;
      if (hours.size < hoursAtMost) hours.add(hour);
    },
    cells: () =>
      cells.all().map(({ row, requester, kind }, cell) => ({
        prefix: rows.prefixes[row]!,
        requester: requesters.names[requester]!,
        class: requestOperations[Math.floor(kind / requestAnswers.length)]!,
        answer: requestAnswers[kind % requestAnswers.length]!,
        ...sums.of(cell),
      })),
    summary: () => ({
      first: Number.isFinite(first) ? first : undefined,
      last: Number.isFinite(last) ? last : undefined,
      activeHours: hours.size,
      outside: BigInt(outside),
      guessed: operations.names.flatMap((operation, at) =>
        (operationCounts[at] ?? 0) > 0 && (at === 0 || operationOf(operation).isGuessed)
          ? [{ operation, class: requestOperations[classes[at]!]!, requests: BigInt(operationCounts[at]!) }]
          : [],
      ),
      foldedPrefixes: rows.folded(),
      foldedRequesters: requesters.folded(),
    }),
  };
}

/** S3 is of 2006. */
const firstYear = Date.UTC(2006, 0) / 1000;
/** Clocks differ, and zones are forgotten. */
const daySeconds = 86_400;
/** More than a century of hours is no log. */
const hoursAtMost = 1_000_000;

/** A session of a role is the role: its name is new with every task. */
const requesterName = (name: string): string =>
  /^arn:[^:]*:sts::\d*:assumed-role\/[^/]+(?=\/)/.exec(name)?.[0] ?? name;

interface Names {
  of(name: string): number;
  readonly names: readonly string[];
  folded(): number;
}

/** Number 0 stands for those beyond the limit. */
function openNames(limit: number, beyond: string): Names {
  const names = [beyond];
  const numbers = new Map<string, number>();
  let folded = 0;
  return {
    names,
    folded: () => folded,
    of(name) {
      const found = numbers.get(name);
      if (found !== undefined) return found;
      if (names.length > limit) {
        folded += 1;
        return 0;
      }
      numbers.set(name, names.length);
      return names.push(name) - 1;
    },
  };
}

function openRows({ prefix: root, depth, tableOf }: RequestTallyOptions, limit: number) {
  const prefixes: Prefix[] = [root];
  const numbers = new Map<Prefix, number>([[root, 0]]);
  let folded = 0;
  return {
    prefixes,
    folded: () => folded,
    of(folder: Prefix): number {
      if (!folder.startsWith(root)) return -1;
      let prefix = cutAt(tableOf(folder), root, depth);
      if (!prefix.startsWith(root)) prefix = root;
      const found = numbers.get(prefix);
      if (found !== undefined) return found;
      if (prefixes.length < limit) {
        numbers.set(prefix, prefixes.length);
        return prefixes.push(prefix) - 1;
      }
      folded += 1;
      while (!numbers.has(prefix)) prefix = parentOf(prefix);
      return numbers.get(prefix)!;
    },
  };
}

/** The folder, or the part of it that is `depth` levels below the root. */
function cutAt(folder: Key, root: Prefix, depth: number): Prefix {
  let end = root.length;
  for (let level = 0; level < depth; level++) {
    const slash = folder.indexOf('/', end);
    if (slash < 0) return folder;
    end = slash + 1;
  }
  return folder.slice(0, end);
}
