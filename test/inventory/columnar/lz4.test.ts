/** LZ4 blocks sequence by sequence; Trino's and DuckDB's are in foreign-files.test.ts. */
import t from 'tap';
import { unlz4 } from '../../../src/inventory/columnar/lz4.js';

const run = (bytes: readonly number[], length: number): string | number => {
  const out = new Uint8Array(length);
  const written = unlz4(Uint8Array.from(bytes), 0, bytes.length, out);
  return written < 0 ? written : Buffer.from(out.subarray(0, written)).toString('latin1');
};
const text = (letters: string): number[] => [...Buffer.from(letters)];

t.test('literals, then a repeat that overlaps itself, then literals alone', async (t) => {
  t.equal(run([0x22, ...text('ab'), 2, 0, 0x10, ...text('c')], 9), 'ababababc');
});

t.test('lengths of fifteen and more go on in further bytes', async (t) => {
  const letters = 'x'.repeat(15 + 255 + 3);
  t.equal(run([0xf0, 255, 3, ...text(letters)], 300), letters);
  t.equal(run([0x1f, ...text('a'), 1, 0, 5, 0x10, ...text('b')], 30), `${'a'.repeat(1 + 4 + 15 + 5)}b`);
});

t.test('what is cut, too long, or reaches before its beginning is no block', async (t) => {
  const bytes = [0x22, ...text('ab'), 2, 0, 0x10, ...text('c')];
  for (const end of [1, 2, 4, 5, 6]) t.equal(run(bytes.slice(0, end), 9), -1, `${end} bytes`);
  t.equal(run(bytes, 8), -1);
  t.equal(run([0x12, ...text('a'), 2, 0, 0x10, ...text('c')], 9), -1);
  t.equal(run([0x12, ...text('a'), 0, 0, 0x10, ...text('c')], 9), -1);
  t.equal(run([0xf0, 255, 255], 9), -1);
});
