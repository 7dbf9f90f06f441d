/** What the operating system says becomes an error of the table, with its own words as the reason. */
import { BucketwiseError, raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';

export const codeOf = (cause: unknown): string | undefined =>
  (cause as NodeJS.ErrnoException | undefined)?.code ?? undefined;

/** Nothing is there: neither the name itself nor a folder on the way to it. */
export const isMissing = (cause: unknown): boolean =>
  codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR';

/** `what` is a path or a key. Errors: FILE_MISSING, PERMISSION_DENIED, KEY_UNSUPPORTED, STORE_FAILED; one of ours passes. */
export function diskFailed(action: 'list' | 'read' | 'write', what: string, cause: unknown): never {
  if (cause instanceof BucketwiseError) throw cause;
  const shown = printable(what);
  if (isMissing(cause)) raise('FILE_MISSING', { path: shown }, cause);
  if (codeOf(cause) === 'EACCES' || codeOf(cause) === 'EPERM')
    raise('PERMISSION_DENIED', { action, what: shown }, cause);
  if (codeOf(cause) === 'ENAMETOOLONG')
    raise('KEY_UNSUPPORTED', { key: shown, store: 'a folder', why: 'its path is too long' }, cause);
  const why = cause instanceof Error ? printable(cause.message) : String(cause);
  return raise('STORE_FAILED', { action, what: shown, why }, cause);
}
