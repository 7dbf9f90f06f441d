/** The hour or day of an object is read from its key by a layout; a date that does not exist is no partition. */
import { raise } from '../kernel/errors.js';
import { type Key, type Prefix, printable } from '../kernel/s3.js';

type Field = 'year' | 'month' | 'day' | 'hour' | 'minute';

/** How a table names its hours (or days), compiled from a template such as "year=YYYY/month=MM/day=DD/hour=HH". */
export interface Layout {
  readonly template: string;
  readonly grain: 'minutes' | 'hour' | 'day';
  /** How long a partition is. */
  readonly grainMs: number;
  /** The date's parts in the order of the pattern's groups; group 1 is the whole path. */
  readonly fields: readonly Field[];
  /** Finds the path between two "/" (or at the beginning); 5 and 05 are both read. */
  readonly pattern: RegExp;
}

export interface Partition {
  /** The path form as it appears in the key, without a "/" at its end: "year=2026/month=11/day=22/hour=05". */
  readonly partition: string;
  /** Milliseconds since 1970 (UTC) of the beginning of the hour or day. */
  readonly hourStart: number;
}

export interface FoundPartition extends Partition {
  readonly tablePrefix: Prefix;
  readonly layout: Layout;
  /** Of the known layouts none before this one is in the folder at all. */
  readonly isFirst: boolean;
}

/** M, D and H alone write numbers without a leading zero; mm are minutes where no small letter stands beside them. */
const token = /YYYY|MM|DD|HH|(?<![a-z])mm(?![a-z])|(?<![A-Za-z])[MDH](?![A-Za-z])/g;
const fieldOf: Readonly<Record<string, Field>> = { Y: 'year', M: 'month', D: 'day', H: 'hour', m: 'minute' };
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const segment = /^(?!\.{1,2}$)[A-Za-z0-9_=.-]+$/;

/**
 * Reads a template: YYYY, MM and DD once each, HH and mm at most once, in folders of letters, digits and "_=.-". How long a
 * partition is follows from it unless `partMs` says it; minutes must say it.
 * Errors: PARTITION_INVALID.
 */
export function parseLayout(template: string, partMs?: number): Layout {
  const fields = [...template.matchAll(token)].map(([found]) => fieldOf[found[0]!]!);
  const why = layoutFault(template, fields, partMs);
  if (why !== undefined)
    raise('PARTITION_INVALID', { partition: printable(template), layout: `a usable layout: ${why}` });
  const path = patternOf(template);
  const grain = fields.includes('minute') ? 'minutes' : fields.includes('hour') ? 'hour' : 'day';
  return {
    template,
    grain,
    grainMs: partMs ?? (grain === 'day' ? dayMs : hourMs),
    fields,
    pattern: new RegExp(`(?:^|/)(${path})/`),
  };
}

function layoutFault(
  template: string,
  fields: readonly Field[],
  partMs: number | undefined,
): string | undefined {
  if (!template.split('/').every((name) => segment.test(name)))
    return 'folders are made of letters, digits and "_=.-", with one "/" between them';
  const missing = (['year', 'month', 'day'] as const).find((field) => !fields.includes(field));
  if (missing) return `it lacks the ${missing} (YYYY, MM, DD and for hours HH)`;
  if (new Set(fields).size < fields.length) return 'a part of the date stands in it twice';
  return grainFault(fields, partMs);
}

function grainFault(fields: readonly Field[], partMs: number | undefined): string | undefined {
  const isFine = fields.includes('minute');
  if (isFine && !fields.includes('hour')) return 'it has minutes (mm) and lacks the hour (HH)';
  if (partMs === undefined) return isFine ? 'it has minutes (mm) and needs a grain, such as 15m' : undefined;
  if (!fields.includes('hour')) return 'a day has no grain of its own';
  const [unit, whole] = isFine ? [minuteMs, hourMs] : [hourMs, dayMs];
  const isPart = partMs >= unit && partMs < whole && partMs % unit === 0 && whole % partMs === 0;
  if (isPart) return undefined;
  return `its grain is no part of ${isFine ? 'an hour, such as 5m, 15m or 30m' : 'a day, such as 1h, 6h or 12h'}`;
}

const patternOf = (path: string): string => path.replaceAll('.', '\\.').replace(token, digits);

/** For the first folder of the layout's path, the first two and so on, what finds their numbers at the beginning of a text, in the order of its fields. */
export const beginningsOf = ({ template }: Layout): readonly RegExp[] =>
  template
    .split('/')
    .map((_, at, folders) => new RegExp(`^${patternOf(folders.slice(0, at + 1).join('/'))}/`));

/** A number next to another number must have its full width; one that stands alone may lack the leading zero. */
function digits(found: string, at: number, path: string): string {
  if (found === 'YYYY') return '(\\d{4})';
  const alone = !/[0-9YMDHm]/.test(`${path[at - 1] ?? ''}${path[at + found.length] ?? ''}`);
  return alone ? '(\\d{1,2})' : '(\\d{2})';
}

/** The names Hive and Athena read from the path as columns: no column of the data may bear one. */
export const partitionKeys = ({ template }: Layout): string[] =>
  [...template.matchAll(/([^/=]+)=/g)].map(([, name]) => name!.toLowerCase());

/** The layouts recognised without being told, finer grains first. */
export const knownLayouts: readonly Layout[] = [
  'year=YYYY/month=MM/day=DD/hour=HH',
  'year=YYYY/month=MM/day=DD/hr=HH',
  'dt=YYYY-MM-DD/hour=HH',
  'dt=YYYY-MM-DD/hr=HH',
  'dt=YYYYMMDD/hour=HH',
  'dt=YYYYMMDD/hr=HH',
  'date=YYYY-MM-DD/hour=HH',
  'date=YYYY-MM-DD/hr=HH',
  'day=YYYY-MM-DD/hour=HH',
  'day=YYYY-MM-DD/hr=HH',
  'dt=YYYY-MM-DD-HH',
  'YYYY/MM/DD/HH',
  'year=YYYY/month=MM/day=DD',
  'dt=YYYY-MM-DD',
  'dt=YYYYMMDD',
  'date=YYYY-MM-DD',
  'day=YYYY-MM-DD',
  'YYYY/MM/DD',
].map((template) => parseLayout(template));

const firstFolders = new RegExp(
  `(?:^|/)(?:${[...new Set(knownLayouts.map(({ template }) => patternOf(template.split('/')[0]!)))].join('|')})/`,
);

/** Whether one of the folders may be the first on the way to an hour of a known layout. */
export const holdsDate = (folder: Prefix): boolean => firstFolders.test(folder);

/** The partition of a key directly below the table's prefix; undefined when the key lies elsewhere or its date does not exist. */
export function partitionOf(key: Key, tablePrefix: Prefix, layout: Layout): Partition | undefined {
  if (!key.startsWith(tablePrefix)) return undefined;
  const match = layout.pattern.exec(key.slice(tablePrefix.length));
  return match?.index === 0 && !match[0].startsWith('/') ? partitionIn(layout, match) : undefined;
}

function partitionIn(layout: Layout, match: RegExpExecArray): Partition | undefined {
  const hourStart = partitionHour(layout, (i) => Number(match[i + 2]));
  return hourStart === undefined ? undefined : { partition: match[1]!, hourStart };
}

/** When a partition begins, by the numbers of its fields; undefined when that date does not exist. */
export function partitionHour({ fields }: Layout, numberAt: (field: number) => number): number | undefined {
  const date: Record<Field, number> = { year: 0, month: 0, day: 0, hour: 0, minute: 0 };
  for (let i = 0; i < fields.length; i++) date[fields[i]!] = numberAt(i);
  const hourStart = Date.UTC(date.year, date.month - 1, date.day, date.hour, date.minute);
  const is = new Date(hourStart);
  // Years below 1000 are typing errors, and Date reads those below 100 as 19xx.
  const exists = date.year >= 1000 && is.getUTCMonth() === date.month - 1 && is.getUTCDate() === date.day;
  return exists && date.hour < 24 && date.minute < 60 ? hourStart : undefined;
}

/** Reads a partition as a user writes it: "year=2026/month=11/day=22/hour=05". Errors: PARTITION_INVALID. */
export function parsePartition(layout: Layout, text: string): Partition {
  const path = text.endsWith('/') ? text : `${text}/`;
  const found = partitionOf(path, '', layout);
  if (!found || found.partition.length + 1 !== path.length)
    raise('PARTITION_INVALID', { partition: printable(text), layout: layout.template });
  return found;
}

/** The path of an hour or day, without a "/" at its end. */
export function partitionPath(layout: Layout, hourStart: number): string {
  const [year, month, day, hour, minute] = new Date(hourStart).toISOString().split(/[-T:]/);
  const parts: Readonly<Record<string, string>> = { Y: year!, M: month!, D: day!, H: hour!, m: minute! };
  return layout.template.replace(token, (found) => {
    const part = parts[found[0]!]!;
    return found.length === 1 ? part.replace(/^0/, '') : part;
  });
}

/** The first known layout in the folders of a key, wherever its table lies. Dates are of our time: 1234 may be a customer, and 9999-12-31 stands for none. */
export function findPartition(key: Key): FoundPartition | undefined {
  if (!/\d\//.test(key)) return undefined;
  let isFirst = true;
  for (const searched of searchedLayouts) {
    const match = firstMatch(searched, key);
    const { layout } = searched;
    const found = match && partitionIn(layout, match);
    if (found && ofOurTime(found.hourStart)) {
      const at = match.index + (match[0].startsWith('/') ? 1 : 0);
      return { ...found, layout, tablePrefix: key.slice(0, at), isFirst };
    }
    isFirst &&= !match;
  }
  return undefined;
}

/** `word` stands before the year: "year=", or nothing. Looking for it costs a tenth of looking for a pattern. */
const searchedLayouts = knownLayouts.map((layout) => ({
  layout,
  word: layout.template.slice(0, layout.template.indexOf('Y')),
  there: new RegExp(layout.pattern.source.slice(layout.pattern.source.indexOf(')') + 1), 'y'),
}));

/** What `layout.pattern` finds, without the "/" before it. */
function firstMatch(
  { layout, word, there }: (typeof searchedLayouts)[number],
  key: Key,
): RegExpExecArray | null {
  if (word === '') return layout.pattern.exec(key);
  for (let at = key.indexOf(word); at >= 0; at = key.indexOf(word, at + 1)) {
    if (at > 0 && key[at - 1] !== '/') continue;
    there.lastIndex = at;
    const match = there.exec(key);
    if (match) return match;
  }
  return null;
}

/** A listing of some months or days asks for a part of the path, such as "csv/year=2026/". */
const begunPath = /(^|\/)(?:year=\d{4}|(?:dt|date|day)=\d{4}[-\d]*)\/.*$/;

/** The folder without the hours and days at its end, also where they are not all there. */
export const tableOf = (folder: Prefix): Prefix =>
  findPartition(folder)?.tablePrefix ?? folder.replace(begunPath, '$1');

/** Dates beyond are no partitions where none was asked for. */
export const ofOurTime = (hourStart: number): boolean => hourStart >= 0 && hourStart < Date.UTC(2200, 0);

/** The layout most of the keys follow; with M, D and H when their numbers lack the leading zero. Undefined when none does. */
export function detectLayout(keys: Iterable<Key>): Layout | undefined {
  const votes = new Map<Layout, { keys: number; padded: number; bare: number }>();
  for (const key of keys) {
    const found = findPartition(key);
    if (!found) continue;
    const vote = votes.get(found.layout) ?? { keys: 0, padded: 0, bare: 0 };
    vote.keys += 1;
    // "hour=15" says nothing about padding.
    if (/(?<!\d)0\d(?!\d)/.test(found.partition)) vote.padded += 1;
    else if (/(?<!\d)\d(?!\d)/.test(found.partition)) vote.bare += 1;
    votes.set(found.layout, vote);
  }
  const [best] = [...votes].sort(([, a], [, b]) => b.keys - a.keys);
  if (!best) return undefined;
  const [layout, { padded, bare }] = best;
  return bare > padded ? parseLayout(layout.template.replace(/MM|DD|HH/g, (found) => found[0]!)) : layout;
}
