/** A process of its own that writes objects of a megabyte until it is killed. */
import { openFileStore } from '../../../src/adapters/files/object-store.js';

const store = openFileStore({ root: process.argv[2] ?? '' });

async function main(): Promise<void> {
  let pointer = await store.write('pointer', new Uint8Array(1_000_000), 'absent');
  for (let i = 0; ; i++) {
    await store.write(`objects/${i}`, new Uint8Array(1_000_000).fill(i % 256), 'absent');
    if (pointer.outcome === 'written')
      pointer = await store.write('pointer', new Uint8Array(1_000_000).fill(i % 256), { etag: pointer.etag });
    process.stdout.write('.');
  }
}

void main();
