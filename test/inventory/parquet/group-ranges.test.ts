/** While a row group is counted the next one is being read; what goes wrong with it is told where it is asked for. */
import t from 'tap';
import type { ColumnSource } from '../../../src/inventory/columnar/column-file.js';
import { openRange } from '../../../src/inventory/columnar/file-range.js';
import type { WantedColumn } from '../../../src/inventory/columnar/inventory-columns.js';
import { groupRanges } from '../../../src/inventory/parquet/group-ranges.js';
import type { ParquetColumn, ParquetFooter } from '../../../src/inventory/parquet/parquet-footer.js';

const refuse = (why: string): never => {
  throw new Error(why);
};

const raiseNoRoom = (): never => refuse('it was given no room');

/** A file of zeros that says what is asked of it; `lost`: from there on nothing can be read. */
function watched(size: number, lost = size) {
  const reads: [from: number, length: number][] = [];
  const source: ColumnSource = {
    name: 'watched',
    size,
    read: async (from, length) => {
      reads.push([from, length]);
      if (from >= lost) throw new Error(`the line was cut at ${from}`);
      return new Uint8Array(length).fill(from);
    },
  };
  return { source, reads };
}

/** Row groups of 100 bytes, 60 of them keys and 40 sizes. */
function groupsOf(source: ColumnSource, count: number, bad = count) {
  const columns = ['key', 'size'].map((name, leaf) => ({ name, leaf })) as unknown as ParquetColumn[];
  const groups = Array.from({ length: count }, (_, part) => ({
    rows: 1,
    chunk: ({ name }: ParquetColumn) => {
      if (part === bad) refuse(`row group ${part} is damaged`);
      const [from, length] = name === 'key' ? [0, 60] : [60, 40];
      return { codec: 0, values: 1, at: 100 * part + from, length };
    },
  }));
  const at = new Map<WantedColumn, number>([
    ['key', 0],
    ['size', 1],
  ]);
  return groupRanges(source, { rows: count, groups, columns } as ParquetFooter, { at, unknown: [] }, refuse);
}

t.test('all columns of a row group are asked for at once, and those of the next one only once', async (t) => {
  const { source, reads } = watched(300);
  const groups = groupsOf(source, 3);
  const first = groups.take(0);
  t.same(reads, [
    [0, 60],
    [60, 40],
  ]);
  t.notOk(first.isRead(), 'nothing came yet');
  for (const range of first.of.values()) await range.need(1);
  t.ok(first.isRead());
  groups.ahead(1);
  groups.ahead(1);
  groups.ahead(2);
  const both = [
    [100, 60],
    [160, 40],
  ];
  t.same(reads.slice(2), both, 'no more than one row group is read ahead');
  const second = groups.take(1).of.get('key')!;
  await second.need(60);
  t.equal(second.bytes[0], 100);
  t.same(reads.slice(2), both, 'and it is not read again');
  groups.ahead(1);
  groups.ahead(3);
  t.equal(reads.length, 4, 'nor is one that somebody has, nor one behind the last');
});

t.test(
  'a read ahead that fails is told by its own row group, and by nobody when that is not asked for',
  async (t) => {
    const unhandled: unknown[] = [];
    const hear = (cause: unknown): void => void unhandled.push(cause);
    process.on('unhandledRejection', hear);
    t.teardown(() => process.off('unhandledRejection', hear));
    const groups = groupsOf(watched(300, 100).source, 3);
    const first = groups.take(0).of;
    groups.ahead(1);
    await new Promise(setImmediate);
    await first.get('key')!.need(60);
    await t.rejects(groups.take(1).of.get('size')!.need(1), { message: 'the line was cut at 160' });
    groups.ahead(2);
    await new Promise(setImmediate);
    t.same(unhandled, []);
  },
);

t.test('a row group whose columns cannot be found is refused when it is asked for, not before', async (t) => {
  const { source, reads } = watched(200);
  const groups = groupsOf(source, 2, 1);
  groups.take(0);
  groups.ahead(1);
  t.equal(reads.length, 2);
  t.throws(() => groups.take(1), { message: 'row group 1 is damaged' });
});

const piece = 8 << 20;

t.test('a long range is read a piece ahead, and a page of several pieces lies together', async (t) => {
  const { source, reads } = watched(5 * piece + 7);
  const range = openRange(source, 1, 5 * piece, refuse);
  await range.need(10);
  t.same(reads, [
    [1, piece],
    [1 + piece, piece],
  ]);
  range.at += piece - 5;
  await range.need(2 * piece);
  t.equal(range.end - range.at, 5 + 2 * piece);
  t.equal(range.place(), 1 + piece - 5);
  t.equal(range.left(), 4 * piece + 5);
  t.equal(reads.length, 4);
  range.at = range.end;
  await range.need(2 * piece);
  t.same(reads.at(-1), [1 + 4 * piece, piece], 'the last piece');
  t.ok(range.isRead());
  await t.rejects(range.need(2 * piece + 1), { message: /it is cut/ });
});

t.test(
  'a range whose read failed tells it to the one that waits, once for each time it is asked',
  async (t) => {
    const { source, reads } = watched(3 * piece, piece);
    const range = openRange(source, 0, 3 * piece, refuse);
    await range.need(piece);
    await new Promise(setImmediate);
    await t.rejects(range.need(piece + 1), { message: `the line was cut at ${piece}` });
    await t.rejects(range.need(2 * piece), { message: `the line was cut at ${piece}` });
    t.equal(reads.length, 3);
  },
);

t.test('what is read next is read to where released ranges were, and nowhere else', async (t) => {
  const rooms: ArrayBufferLike[] = [];
  const source: ColumnSource = {
    name: 'watched',
    size: 1 << 20,
    read: async (from, length, into) => {
      rooms.push(into!.buffer);
      t.equal(into!.length, length);
      return into!.fill(from >> 12);
    },
  };
  const read = async (from: number) => {
    const range = openRange(source, from, 4096, refuse, true);
    await range.need(4096);
    return range;
  };
  const [first, second] = [await read(4096), await read(8192)];
  t.not(rooms[0], rooms[1]);
  first.release();
  const third = await read(12_288);
  t.equal(rooms[2], rooms[0]);
  t.same([second.bytes[0], third.bytes[4095]], [2, 3], 'and what is in use stays as it is');
  first.release();
  const fourth = await read(16_384);
  t.not(rooms[3], rooms[0], 'a second release is none');
  t.same([third.bytes[0], fourth.bytes[0]], [3, 4]);
  t.equal(first.bytes.length, 0);
  for (const range of [second, third, fourth]) range.release();
});

t.test('a range that is released while it is read gives nothing back: bytes may still come', async (t) => {
  const rooms: ArrayBufferLike[] = [];
  const source: ColumnSource = {
    name: 'slow',
    size: 1 << 20,
    read: async (_, length, into = new Uint8Array(length)) => {
      rooms.push(into.buffer);
      await new Promise((resolve) => setImmediate(resolve));
      return into;
    },
  };
  const range = openRange(source, 0, 4096, refuse, true);
  range.ahead();
  range.release();
  const other = openRange(source, 4096, 4096, refuse, true);
  await other.need(4096);
  t.not(rooms[0], rooms[1]);
  other.release();
});

t.test('a source that has arrays of its own is read as well', async (t) => {
  const { source, reads } = watched(4 << 20);
  for (const at of [0, 1 << 20]) {
    const range = openRange(source, at + 7, 4096, refuse, true);
    await range.need(4096);
    t.same([range.bytes[0], range.bytes[4095]], [7, 7]);
    range.release();
  }
  t.equal(reads.length, 2);
});

t.test(
  'pieces of a long range stay as they are while it is read and others are, wherever they lie',
  async (t) => {
    const source: ColumnSource = {
      name: 'long',
      size: 6 * piece,
      read: async (from, _, into) => into?.fill(1 + from / piece) ?? raiseNoRoom(),
    };
    const other = async (at: number): Promise<void> => {
      const range = openRange(source, at * piece, piece, refuse, true);
      await range.need(piece);
      t.equal(range.bytes[0], at + 1);
      range.release();
    };
    const range = openRange(source, 0, 4 * piece, refuse, true);
    await range.need(piece);
    const first = range.bytes;
    range.at = range.end;
    await range.need(1);
    await other(4);
    t.same([first[0], first[piece - 1]], [1, 1], 'a dictionary may lie there');
    await range.need(piece + 1);
    await other(5);
    const { bytes, at } = range;
    t.same([bytes[at], bytes[at + piece - 1], bytes[at + piece]], [2, 2, 3]);
    range.at += 2 * piece;
    await range.need(piece);
    t.equal(range.bytes[range.at], 4);
    range.release();
  },
);
