/** The bytes of a file as they are, or what gzip holds of them: the first two bytes tell. */
import { after, gunzipped, isGzip } from './gunzip.js';

export async function* plainBytes(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const pieces = bytes[Symbol.asyncIterator]();
  let first: Uint8Array = new Uint8Array(0);
  while (first.length < 2) {
    const { done, value } = await pieces.next();
    if (done) break;
    first = first.length === 0 ? value : Buffer.concat([first, value]);
  }
  const all = after(first, pieces);
  yield* isGzip(first) ? gunzipped(all) : all;
}
