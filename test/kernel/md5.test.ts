/** Our MD5 is everybody's MD5. */
import { createHash } from 'node:crypto';
import t from 'tap';
import { md5 } from '../../src/kernel/md5.js';

t.test('messages of every length up to four blocks, one after the other in the same buffer', async (t) => {
  const hash = md5(256);
  const words = new Int32Array(4);
  const wrong: number[] = [];
  for (let length = 256; length >= 0; length -= 1) {
    for (let at = 0; at < length; at += 1) hash.bytes[at] = (at * 7 + length * 13) & 255;
    const expected = createHash('md5').update(hash.bytes.subarray(0, length)).digest('hex');
    hash.digest(length, words);
    if (Buffer.from(words.buffer).toString('hex') !== expected) wrong.push(length);
  }
  t.strictSame(wrong, []);
});
