/** Every document from outside is parsed and checked here; a wrong one is refused by name, line or field. */
import { Ajv, type ErrorObject } from 'ajv';
import { parseDocument } from 'yaml';
import { type ErrorCode, nearest, raise } from './kernel/errors.js';

type DocumentCode = Extract<ErrorCode, 'DOCUMENT_INVALID' | 'CONFIG_INVALID' | 'BODY_INVALID'>;

/** JSON is YAML, so one parser reads both and knows the line. Errors: DOCUMENT_UNREADABLE. */
export function parseText(text: string, source: string): unknown {
  const document = parseDocument(text, { uniqueKeys: true, intAsBigInt: true });
  const problem = document.errors[0];
  if (problem)
    raise('DOCUMENT_UNREADABLE', { source, why: problem.message.split('\n')[0]!.replace(/:$/, '') });
  try {
    return withoutBigints(document.toJS({ maxAliasCount: 100 }));
  } catch (cause) {
    return raise('DOCUMENT_UNREADABLE', { source, why: (cause as Error).message }, cause);
  }
}

/**
 * A document that programs wrote, such as a scan of thousands of prefixes: many times faster than as YAML. A number
 * beyond 2^53 may lose digits here, so its reader must refuse one. Errors: DOCUMENT_UNREADABLE.
 */
export function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    // It knows the line, and reads what a person has reformatted.
    return parseText(text, source);
  }
}

/** A count beyond 2^53 becomes the decimal string the schemas also take: no digit is lost on the way in. */
function withoutBigints(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (Array.isArray(value)) return value.map(withoutBigints);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutBigints(inner)]));
  return value;
}

const ajv = new Ajv({
  // Our own schemas, each used a few times: checking and optimising them would take longer than what they check.
  validateSchema: false,
  code: { optimize: false },
  allErrors: true,
  strict: false,
  useDefaults: true,
  verbose: true,
});

interface ObjectSchema {
  readonly $id?: string;
  readonly properties?: Readonly<Record<string, object>>;
}

/** A schema's forms that were compiled, by the keys they check in full. */
const forms = new WeakMap<object, Map<string, object>>();
const formsAtMost = 64;

/**
 * Compiling a large schema takes longer than anything else a command does, so of its keys only those that stand in the
 * document, or have a default, are compiled; the others keep their names. After many forms the whole schema is taken.
 */
function neededOf(schema: ObjectSchema, value: unknown): object {
  const { $id, properties, ...rest } = schema;
  if (!properties || typeof value !== 'object' || value === null) return schema;
  const isNeeded = ([name, inner]: readonly [string, object]): boolean =>
    Object.hasOwn(value, name) || 'default' in inner;
  const named = Object.entries(properties);
  const key = named
    .filter(isNeeded)
    .map(([name]) => name)
    .join(' ');
  const known = forms.get(schema) ?? new Map<string, object>();
  forms.set(schema, known);
  const form = known.get(key) ?? {
    ...rest,
    properties: Object.fromEntries(named.map((one) => [one[0], isNeeded(one) ? one[1] : {}])),
  };
  if (!known.has(key) && known.size >= formsAtMost) return schema;
  known.set(key, form);
  return form;
}

/**
 * Checks `value` against a JSON Schema and fills its defaults in; the first problem is raised with its field.
 * Errors: `code`, with the nearest known name for an unknown key.
 */
export function checked<T>(schema: object, value: unknown, source: string, code: DocumentCode): T {
  if (ajv.validate(neededOf(schema, value), value)) return value as T;
  const problems = ajv.errors ?? [];
  const [problem] = [...problems].sort((a, b) => rank(a, problems) - rank(b, problems));
  const { field, why } = explained(problem!);
  return raise(code, {
    source,
    field,
    why: code === 'BODY_INVALID' ? `${field}: ${why}` : why,
    hint: 'Correct it and run again.',
  });
}

/** An unknown key explains more than the alternatives it breaks, and what is wrong inside more than another type. */
function rank({ keyword, instancePath }: ErrorObject, problems: readonly ErrorObject[]): number {
  if (keyword === 'additionalProperties') return 0;
  const isInside = (other: ErrorObject): boolean => other.instancePath.startsWith(`${instancePath}/`);
  return /^(?:any|one)Of$/.test(keyword) || (keyword === 'type' && problems.some(isInside)) ? 2 : 1;
}

/** What is wrong, in a user's words. Shared with the HTTP door. */
export function explained(problem: ErrorObject): { readonly field: string; readonly why: string } {
  const field = problem.instancePath.slice(1).replaceAll('/', '.') || 'the document';
  const parent = (problem.parentSchema ?? {}) as { properties?: object; mustBe?: string };
  if (problem.keyword === 'additionalProperties') {
    const name = String(problem.params.additionalProperty);
    const near = nearest(name, Object.keys(parent.properties ?? {}));
    return { field, why: `unknown key "${name}"${near ? `, did you mean "${near}"?` : ''}` };
  }
  if (problem.keyword === 'required') return { field, why: `${problem.params.missingProperty} is missing` };
  if (problem.keyword === 'enum')
    return { field, why: `must be one of ${(problem.params.allowedValues as unknown[]).join(', ')}` };
  // A pattern explains nothing to a person; the schema's own words do.
  if (parent.mustBe !== undefined) return { field, why: `must be ${parent.mustBe}` };
  return { field, why: problem.message ?? problem.keyword };
}
