/** SHA-256 in hex names things by their content: run ids, plan ids, local file names. */
import { createHash } from 'node:crypto';

export const digest = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');
