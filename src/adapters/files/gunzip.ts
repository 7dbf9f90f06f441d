/** A gzip stream is read to its last byte: what is cut off, or follows the data, is an error and never silence. */
import { pipeline } from 'node:stream/promises';
import { createGunzip, type ZlibOptions } from 'node:zlib';
import { BucketwiseError } from '../../kernel/errors.js';

export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** zlib takes what follows the last member for garbage and drops it; here that is an error, it may be rows. */
export async function* gunzipped(
  bytes: AsyncIterable<Uint8Array>,
  options: ZlibOptions = {},
): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip(options);
  let given = 0;
  const counted = async function* () {
    for await (const chunk of bytes) {
      given += chunk.length;
      yield chunk;
    }
  };
  const feeding = pipeline(counted, gunzip);
  // What fails in feeding ends the reading side too, unless that had met its end before.
  const fed = feeding.catch((cause: unknown) => cause);
  yield* gunzip as AsyncIterable<Uint8Array>;
  const cause = await fed;
  if (cause instanceof BucketwiseError) throw cause;
  if (cause !== undefined || gunzip.bytesWritten !== given)
    throw new Error('something that is not gzip follows the gzip data');
}

/** The stream again, after its first piece was looked at. */
export async function* after(first: Uint8Array, bytes: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield first;
    for (;;) {
      const { done, value } = await bytes.next();
      if (done) return;
      yield value;
    }
  } finally {
    // A reader that stopped early leaves no source open.
    await bytes.return?.();
  }
}
