/** The usage document as users write it, and how it becomes a Usage; what contradicts itself is refused by field. */
import { daysIn, hoursIn, parseMonth } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import type { RestoreUsage, SizeRow, StorageUsage, Usage } from './usage.js';
import { usageSchema } from './usage-schema.js';

type Count = number | string;

/** The same fields, counts as numbers or decimal strings. */
type Written<T> = T extends bigint
  ? Count
  : T extends readonly (infer Item)[]
    ? readonly Written<Item>[]
    : T extends object
      ? { readonly [Name in keyof T]?: Written<T[Name]> | undefined }
      : T;

/** A document that fits `usageSchema`. */
export type UsageDocument = Written<Omit<Usage, 'month' | 'region'>> & {
  readonly region: string;
  readonly month: string;
};

/** `source` names the document in messages. Errors: MONTH_INVALID, DOCUMENT_INVALID with the field. */
export function usageFromDocument(document: UsageDocument, source: string): Usage {
  parseMonth(document.month);
  // The schema and the type say the same: a test holds each field of one against the other.
  const usage = readUsage(document) as Usage;
  const whole: Usage = {
    ...usage,
    tierOffsetGB: usage.tierOffsetGB ?? {},
    storage: (usage.storage ?? []).map(withSizes),
    requests: usage.requests ?? [],
    ...(usage.earlyDeletes === undefined ? {} : { earlyDeletes: usage.earlyDeletes.map(withSizes) }),
    ...(usage.transitions === undefined ? {} : { transitions: usage.transitions.map(withSizes) }),
  };
  check(whole, (field, why) =>
    raise('DOCUMENT_INVALID', { source, field, why, hint: 'Correct it and run again.' }),
  );
  return whole;
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly default?: unknown;
}

type Reader = (value: unknown) => unknown;

/** What reads a value of this schema: counts become bigint, what was left out its default, one of "one or many" a list of one. */
function readerOf(schema: Schema): Reader {
  const [first] = schema.anyOf ?? [];
  if (first?.type === 'integer') return (value) => BigInt(value as Count);
  if (first !== undefined) {
    const read = readerOf(first);
    return (value) => (Array.isArray(value) ? value.map(read) : [read(value)]);
  }
  if (schema.items) {
    const read = readerOf(schema.items);
    return (value) => (value as readonly unknown[]).map(read);
  }
  return schema.properties ? objectReader(schema.properties) : (value) => value;
}

/** A document gives few of the fields there are: only those are looked at, and those that have a default. */
function objectReader(properties: Readonly<Record<string, Schema>>): Reader {
  const fields = Object.entries(properties);
  const readers = new Map(fields.map(([name, schema]) => [name, readerOf(schema)]));
  const defaults = fields.flatMap(([name, schema]) =>
    schema.default === undefined ? [] : [[name, readerOf(schema)(schema.default)] as const],
  );
  return (value) => {
    const given = value as Readonly<Record<string, unknown>>;
    const made: Record<string, unknown> = {};
    for (const [name, left] of defaults) made[name] = left;
    for (const name in given) {
      const one = given[name];
      const read = readers.get(name);
      if (one !== undefined && read !== undefined) made[name] = read(one);
    }
    return made;
  };
}

const readUsage = readerOf(usageSchema);

/** Each row of sizes gets the bytes of its objects together. */
const withSizes = <T extends { readonly sizes?: readonly SizeRow[] }>(held: T): T =>
  held.sizes === undefined
    ? held
    : { ...held, sizes: held.sizes.map((row) => ({ ...row, bytes: row.objectBytes * row.objects })) };

type Refuse = (field: string, why: string) => never;

function check(usage: Usage, refuse: Refuse): void {
  const days = daysIn(usage.month);
  const within = (field: string, given: number | undefined): void => {
    if (given !== undefined && given > days) refuse(field, `is ${given}, but ${usage.month} has ${days}`);
  };
  usage.storage.forEach((held, at) => {
    const field = `storage.${at}`;
    checkSizes(field, held, refuse);
    checkTier(field, held, refuse);
    within(`${field}.days`, held.days);
  });
  usage.multipartRemains?.forEach((held, at) => {
    within(`multipartRemains.${at}.days`, held.days);
  });
  usage.requests.forEach((made, at) => {
    if (made.uploadBytes !== undefined && made.class !== 'EXPRESS_ONEZONE')
      refuse(`requests.${at}.uploadBytes`, `belongs to EXPRESS_ONEZONE, not to ${made.class}`);
    if (made.multipart && made.multipart.parts < made.multipart.uploads)
      refuse(`requests.${at}.multipart`, 'has fewer parts than uploads, and each upload has one at least');
  });
  usage.transitions?.forEach((moved, at) => {
    checkObjects(`transitions.${at}`, moved, refuse);
  });
  usage.earlyDeletes?.forEach((gone, at) => {
    checkSizes(`earlyDeletes.${at}`, gone, refuse);
  });
  usage.restores?.forEach((restored, at) => {
    checkRestore(`restores.${at}`, restored, refuse);
    within(`restores.${at}.copyDays`, restored.copyDays);
  });
  checkHours(usage, refuse);
}

type Held = { readonly objects: bigint; readonly bytes: bigint; readonly sizes?: readonly SizeRow[] };

function checkSizes(field: string, held: Held, refuse: Refuse): void {
  const { objects, bytes, sizes } = held;
  if (objects === 0n && bytes > 0n) refuse(`${field}.objects`, `is 0, but bytes is ${bytes}`);
  checkObjects(field, held, refuse);
  const sum = sizes?.reduce((total, row) => total + row.bytes, 0n) ?? bytes;
  if (sum !== bytes) refuse(`${field}.sizes`, `holds ${sum} bytes, but bytes is ${bytes}`);
}

function checkObjects(
  field: string,
  { objects, sizes }: Pick<Held, 'objects' | 'sizes'>,
  refuse: Refuse,
): void {
  const sum = sizes?.reduce((total, row) => total + row.objects, 0n) ?? objects;
  if (sum !== objects) refuse(`${field}.sizes`, `holds ${sum} objects, but objects is ${objects}`);
}

function checkTier(field: string, held: StorageUsage, refuse: Refuse): void {
  if (held.accessTier !== undefined && held.class !== 'INTELLIGENT_TIERING')
    refuse(`${field}.accessTier`, `belongs to INTELLIGENT_TIERING, not to ${held.class}`);
}

function checkRestore(field: string, restored: RestoreUsage, refuse: Refuse): void {
  const isTiering = restored.class === 'INTELLIGENT_TIERING';
  const { accessTier, speed } = restored;
  if (isTiering && accessTier === undefined)
    refuse(`${field}.accessTier`, 'is missing: ARCHIVE_ACCESS or DEEP_ARCHIVE_ACCESS');
  if (!isTiering && accessTier !== undefined)
    refuse(`${field}.accessTier`, `belongs to INTELLIGENT_TIERING, not to ${restored.class}`);
  if (speed === 'EXPEDITED' && (restored.class === 'DEEP_ARCHIVE' || accessTier === 'DEEP_ARCHIVE_ACCESS'))
    refuse(`${field}.speed`, 'EXPEDITED is not offered by a deep archive; use STANDARD or BULK');
  if (isTiering && restored.copyDays !== undefined)
    refuse(
      `${field}.copyDays`,
      'belongs to GLACIER and DEEP_ARCHIVE: INTELLIGENT_TIERING moves the object itself',
    );
}

/** What runs by the hour cannot run longer than the month. */
function checkHours({ transfer, firehose, month }: Usage, refuse: Refuse): void {
  const hours = BigInt(hoursIn(month));
  const within = (field: string, given: bigint | undefined): void => {
    if (given !== undefined && given > hours)
      refuse(`${field}.hours`, `is ${given}, but ${month} has ${hours}`);
  };
  within('transfer.natGateways', transfer?.natGateways?.hours);
  within('transfer.interfaceEndpoints', transfer?.interfaceEndpoints?.hours);
  within('firehose.vpc', firehose?.vpc?.hours);
}
