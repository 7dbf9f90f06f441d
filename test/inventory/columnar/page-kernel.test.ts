/** Texts of a page are found while it is decompressed, where they lie or put together, and damage is seen at its end at the latest. */
import fc from 'fast-check';
import t from 'tap';
import { openPageKernel, type PageKernel } from '../../../src/inventory/columnar/page-kernel.js';
import { plainTexts } from '../parquet/write-parquet.js';
import { snappyOf } from './snappy-blocks.js';

const begun = (kernel: PageKernel, body: Uint8Array): { at: number; end: number } => {
  const bytes = snappyOf(body);
  const at = kernel.begin(bytes, 0, bytes.length, body.length);
  return { at, end: at + body.length };
};

function textsIn({ roomOffsets }: PageKernel, bytes: Uint8Array, count: number, before: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(bytes.subarray(roomOffsets[i]! + before, roomOffsets[i + 1])).toString('latin1'),
  );
}

/** Those of a folder are like one another, and some are as long as they may be. */
const texts = fc.array(fc.tuple(fc.nat(30), fc.string({ maxLength: 20 }), fc.constantFrom(0, 1, 90, 900)), {
  minLength: 1,
  maxLength: 400,
});
const made = (given: readonly (readonly [number, string, number])[]): string[] =>
  given.map(([folder, name, more]) =>
    Buffer.from(`some/folder-${folder}/${name}${'x'.repeat(more)}`)
      .toString('latin1')
      .slice(0, 1024),
  );
const bodyOf = (all: readonly string[]): Buffer =>
  plainTexts(all.map((text) => Buffer.from(text, 'latin1').toString('latin1')));

t.test('texts marked where they lie are those that are put together', async (t) => {
  const kernel = openPageKernel();
  const property = fc.property(texts, fc.integer({ min: 1, max: 300 }), (given, portion) => {
    const all = made(given).map((text) => text.replace(/[^ -~]/g, '?'));
    const body = bodyOf(all);
    for (const isMarked of [true, false]) {
      const page = begun(kernel, body);
      const found: string[] = [];
      for (let at = page.at; found.length < all.length; ) {
        const count = Math.min(portion, all.length - found.length);
        kernel.roomOffsets[0] = 0;
        const split = isMarked ? kernel.mark(at, page.end, count) : kernel.split(at, page.end, 0, count);
        if (split.fault !== 'none') return false;
        found.push(...textsIn(kernel, isMarked ? kernel.memory : kernel.roomBytes, count, isMarked ? 4 : 0));
        at = split.at;
      }
      if (!kernel.reach(page.end) || found.join('\n') !== all.join('\n')) return false;
    }
    return true;
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 60 }));
  kernel.release();
});

t.test(
  'of a large page no more is decompressed than is asked for, and its damage is seen when it is',
  async (t) => {
    const kernel = openPageKernel();
    const all = Array.from({ length: 20_000 }, (_, i) => `folder/of/many/${i}`);
    const body = bodyOf(all);
    const bytes = snappyOf(body);
    bytes.fill(0xff, bytes.length - 100);
    const at = kernel.begin(bytes, 0, bytes.length, body.length);
    const end = at + body.length;
    kernel.memory.fill(0, end - 1000, end);
    t.equal(kernel.mark(at, end, 1000).fault, 'none');
    t.same(textsIn(kernel, kernel.memory, 1000, 4), all.slice(0, 1000));
    t.ok(kernel.memory.subarray(end - 1000, end).every((byte) => byte === 0));
    t.notOk(kernel.reach(end));
    t.equal(kernel.mark(at, end, 8000).fault, 'none');
    const rest = kernel.mark(kernel.mark(at, end, 8000).at, end, 8000);
    t.equal(rest.fault, 'none');
    t.equal(kernel.mark(rest.at, end, 4000).fault, 'snappy');
    t.equal(kernel.begin(bytes, 0, bytes.length, body.length + 1), -1);
    kernel.release();
  },
);

t.test('texts that are cut, or longer than a key may be, are told by mark as by split', async (t) => {
  const kernel = openPageKernel();
  for (const [name, body] of [
    ['cut', bodyOf(['a', 'bcd']).subarray(0, 8)],
    ['cut', Buffer.concat([bodyOf(['a']), Buffer.from([1, 0])])],
    ['long', bodyOf(['a', 'b'.repeat(1025)])],
  ] as const) {
    const { at, end } = begun(kernel, body);
    t.equal(kernel.mark(at, end, 2).fault, name);
    kernel.roomOffsets[0] = 0;
    t.equal(kernel.split(at, end, 0, 2).fault, name);
  }
  kernel.release();
});
