/** A process of its own: adds one to a counter object as often as told, each time by compare and swap. */
import { openFileStore } from '../../../src/adapters/files/object-store.js';

const [, , root = '', times = '0'] = process.argv;

async function main(): Promise<void> {
  const store = openFileStore({ root });
  for (let done = 0; done < Number(times); ) {
    const found = await store.read('counter');
    const body = new TextEncoder().encode(String(Number(new TextDecoder().decode(found?.body)) + 1));
    const answer = await store.write('counter', body, found ? { etag: found.etag } : 'absent');
    if (answer.outcome === 'written') done += 1;
  }
}

void main();
