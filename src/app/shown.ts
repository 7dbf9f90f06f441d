/** A result knows every form it can be shown in; a door only picks one. */
import { raise } from '../kernel/errors.js';

export const formats = ['table', 'json', 'ndjson', 'csv', 'html', 'md', 'focus'] as const;
export type Format = (typeof formats)[number];

export interface Look {
  readonly width: number;
  readonly colour: boolean;
}

export interface Shown<T> {
  readonly value: T;
  readonly forms: Readonly<Partial<Record<Format, (look: Look) => string>>>;
}

/** Errors: FORMAT_UNKNOWN with the formats this result has. */
export function show(shown: Shown<unknown>, format: string, look: Look): string {
  const form = shown.forms[format as Format];
  if (!form) return raise('FORMAT_UNKNOWN', { format, known: Object.keys(shown.forms).join(', ') });
  return form(look);
}

/** JSON as every command prints it; exact amounts are already decimal strings, counts become numbers or strings. */
export function jsonText(value: unknown): string {
  const plain = (_: string, inner: unknown): unknown => {
    if (typeof inner !== 'bigint') return inner;
    const number = Number(inner);
    return Number.isSafeInteger(number) ? number : inner.toString();
  };
  return `${JSON.stringify(value, plain, 2)}\n`;
}
