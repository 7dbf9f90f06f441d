/** The words the schema of a document is made of: closed objects, lists, and counts that keep every digit. */

/** A whole number below 10^20. */
export const count = (description: string) =>
  ({
    anyOf: [
      { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      { type: 'string', pattern: '^\\d{1,20}$' },
    ],
    description: `${description} A whole number; beyond 2^53 as a decimal string.`,
  }) as const;

/** The same, 0 when left out. */
export const countOr0 = (description: string) => ({ ...count(description), default: 0 }) as const;

export const closed = <P extends object>(properties: P, required: readonly string[] = []) =>
  ({ type: 'object', additionalProperties: false, required, properties }) as const;

export const listOf = <I extends object>(items: I) => ({ type: 'array', items }) as const;
/** One of it, or several. */
export const oneOrMany = <I extends object>(items: I) =>
  ({ anyOf: [items, { type: 'array', items }] }) as const;
