/** Values of a scan on disk: each is read or refused by the name of its field. */
import { raise } from '../kernel/errors.js';

/** One value of the document and where it stands, for the message. */
export interface Field {
  readonly value: unknown;
  readonly path: string;
  readonly source: string;
}

export function at(parent: Field, name: string): Field {
  const { value, path, source } = parent;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(parent, 'is not an object');
  return {
    value: Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined,
    path: path === '' ? name : `${path}.${name}`,
    source,
  };
}

export function optional<K extends string, T>(
  parent: Field,
  name: K,
  read: (field: Field) => T,
): { [P in K]?: T } {
  const field = at(parent, name);
  return field.value === undefined ? {} : ({ [name]: read(field) } as { [P in K]: T });
}

export function list<T>({ value, path, source }: Field, read: (item: Field) => T): readonly T[] {
  if (!Array.isArray(value)) refuse({ value, path, source }, 'is not a list');
  return value.map((item: unknown, i) => read({ value: item, path: `${path}[${i}]`, source }));
}

export const text = (field: Field): string =>
  typeof field.value === 'string' ? field.value : refuse(field, 'is not a text');

export const whole = (field: Field): number =>
  Number.isSafeInteger(field.value) && (field.value as number) >= 0
    ? (field.value as number)
    : refuse(field, 'is not a whole number');

export function count(field: Field): bigint {
  const { value } = field;
  if (typeof value === 'string' && /^\d{1,40}$/.test(value)) return BigInt(value);
  return BigInt(whole({ ...field, value }));
}

export const decimal = (field: Field): string =>
  /^-?\d{1,40}(\.\d{1,40})?$/.test(text(field)) ? text(field) : refuse(field, 'is not a decimal amount');

export function instant(field: Field): string {
  if (Number.isNaN(Date.parse(text(field)))) refuse(field, 'is not an instant such as 2026-11-24T10:00:00Z');
  return text(field);
}

/** One of a few words. */
export function oneOf<T extends string>(field: Field, words: readonly T[]): T {
  const known = words.find((word) => word === field.value);
  return known ?? refuse(field, `is not ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
}

export function refuse({ path, source, value }: Field, why: string): never {
  const what = value === undefined ? 'is missing' : why;
  return raise('SCAN_INVALID', { source, why: path === '' ? `it ${what}` : `${path} ${what}` });
}
