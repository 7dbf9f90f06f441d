/** Every test of the price model in one process, so that one report says which branches none of them took. */
import { readdirSync } from 'node:fs';

// The limit of tap is for one file; here all of them count as one.
process.env.TAP_TIMEOUT = '0';

for (const name of readdirSync('test/pricing').sort())
  if (name.endsWith('.test.ts')) await import(`../test/pricing/${name}`);
await import('../test/golden/published.test.ts');
