/** Text becomes markup only through here: keys are written by strangers. */
import { printable } from '../kernel/s3.js';

export const escaped = (text: string): string =>
  printable(text).replace(
    /[&<>"']/g,
    (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[char]!,
  );
