/** The full usage document by its paths, each beside its part of the schema, to be changed in one place at a time. */
import { usageSchema } from '../../src/pricing/usage-schema.js';
import { fullDocument } from './full-document.js';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly pattern?: string;
  readonly additionalProperties?: unknown;
}
export type Path = readonly (string | number)[];
/** A parsed document, before it is known to fit. */
export type Json = { [name: string]: Json } & Json[];

/** The schema of one, of what may be one or several. */
const ofOne = (schema: Schema): Schema =>
  schema.anyOf?.[0]?.type === 'object' ? schema.anyOf[0] : (schema.items ?? schema);
export const isCount = (schema: Schema): boolean => schema.anyOf?.[0]?.type === 'integer';

/** Every property of the schema by its path: "requests.multipart.uploads". */
function* properties(schema: Schema, at = ''): Generator<readonly [path: string, schema: Schema]> {
  for (const [name, inner] of Object.entries(ofOne(schema).properties ?? {})) {
    const path = at === '' ? name : `${at}.${name}`;
    yield [path, inner];
    yield* properties(inner, path);
  }
}
export const bySchema = new Map(properties(usageSchema as Schema));

/** Every value of a document by its path, objects and lists among them. */
export function* values(value: unknown, path: Path = []): Generator<readonly [path: Path, value: unknown]> {
  if (path.length > 0) yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value))
    yield* values(inner, [...path, Array.isArray(value) ? Number(name) : name]);
}
export const named = (path: Path): string => path.filter((part) => typeof part === 'string').join('.');
const text = JSON.stringify(fullDocument());
export const full = (): Json => JSON.parse(text) as Json;
const isItem = (path: Path): boolean => typeof path.at(-1) === 'number';

export function changed(path: Path, change: (holder: Json, name: string) => void): Json {
  const document = full();
  const holder = path.slice(0, -1).reduce<Json>((at, part) => at[part as string]!, document);
  change(holder, path.at(-1) as string);
  return document;
}
export const withValue = (path: Path, value: unknown): Json =>
  changed(path, (holder, name) => {
    holder[name] = value as Json;
  });
export const without = (path: Path): Json =>
  changed(path, (holder, name) => {
    delete holder[name];
  });

export const given = [...values(full())].filter(([path]) => !isItem(path) && path[0] !== 'tierOffsetGB');
export const leaves = given.filter(([, value]) => typeof value !== 'object');
