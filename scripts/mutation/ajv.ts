/** Stands in for ajv while mutants are tried: a schema no mutant has changed is compiled once by each worker, not once a mutant. */
import { Ajv as Library, type Options, type ValidateFunction } from 'ajv';

export type { ErrorObject } from 'ajv';

/** Kept beside the bundle, which is evaluated anew for each mutant. */
const kept = globalThis as { compiledSchemas?: Map<string, ValidateFunction> };
const compiled = kept.compiledSchemas ?? new Map<string, ValidateFunction>();
kept.compiledSchemas = compiled;

export class Ajv {
  errors: ValidateFunction['errors'] = null;
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  validate(schema: object, value: unknown): boolean {
    const text = JSON.stringify(schema);
    const check = compiled.get(text) ?? new Library(this.#options).compile(schema);
    compiled.set(text, check);
    const fits = check(value);
    this.errors = check.errors;
    return fits;
  }
}
