import { createHash } from 'node:crypto';
import t from 'tap';
import { findFiles, openReport, readFiles } from '../../src/inventory/report.js';
import type {
  FileJob,
  FileProgress,
  FileResult,
  FileScanner,
  FoundFile,
  ManifestBytes,
  PartStore,
  ReportStore,
} from '../../src/inventory/report-ports.js';

const md5Of = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function manifestOf(files: readonly { readonly key: string; readonly size: number }[]): Uint8Array {
  return text(
    `${JSON.stringify({
      sourceBucket: 'lake',
      destinationBucket: 'arn:aws:s3:::reports',
      version: '2016-11-30',
      creationTimestamp: '1715043600000',
      fileFormat: 'CSV',
      fileSchema: 'Bucket, Key, Size',
      files: files.map((file) => ({ ...file, MD5checksum: md5Of(text(file.key)) })),
    })}\n`,
  );
}

const ten = Array.from({ length: 10 }, (_, i) => ({ key: `data/${i}.csv.gz`, size: 10 + i }));

/** What lies there: the files of the manifest, but for those named otherwise. */
function storeOf(bytes: Uint8Array | undefined, sizes: ReadonlyMap<string, number>, checksum?: string) {
  const manifest: ManifestBytes | undefined = bytes && {
    bytes,
    md5: md5Of(bytes),
    ...(checksum !== undefined && { checksum: text(checksum) }),
  };
  const store: ReportStore = {
    manifest: async () => manifest,
    find: async (key) => {
      const size = sizes.get(key);
      return size === undefined ? undefined : { etag: `e${size}`, root: 'reports', at: key, size };
    },
  };
  return store;
}
const sizesOf = (files: readonly { readonly key: string; readonly size: number }[]) =>
  new Map(files.map(({ key, size }) => [key, size]));

t.test('a manifest is held against its checksum, and without one the report says so', async (t) => {
  const bytes = manifestOf(ten);
  const verified = await openReport(storeOf(bytes, new Map(), `${md5Of(bytes)}\n`), 'm');
  t.match(verified, { checked: true, md5: md5Of(bytes), manifest: { sourceBucket: 'lake' } });
  t.equal((await openReport(storeOf(bytes, new Map()), 'm')).checked, false);
  await t.rejects(openReport(storeOf(bytes, new Map(), '0'.repeat(32)), 'm'), {
    code: 'MANIFEST_INVALID',
    message: /its MD5 is .* and its checksum file says 0000/,
  });
  await t.rejects(openReport(storeOf(undefined, new Map()), 'm'), { code: 'FILE_MISSING' });
});

const looking = { source: 'm', signal: new AbortController().signal };

const manifestAnd = async (sizes: ReadonlyMap<string, number>) => {
  const store = storeOf(manifestOf(ten), sizes);
  const { manifest } = await openReport(store, 'm');
  return { manifest, files: () => findFiles(store, manifest, looking) };
};

t.test('a missing file is told before any is read, with how many are missing', async (t) => {
  const { files } = await manifestAnd(sizesOf(ten.slice(2)));
  await t.rejects(files(), {
    code: 'INVENTORY_INCOMPLETE',
    message: '2 of the 10 files that m names are not there, the first is "data/0.csv.gz".',
  });
});

t.test('a manifest that lies about a size is refused before anything is read', async (t) => {
  const { files } = await manifestAnd(sizesOf([...ten.slice(1), { key: 'data/0.csv.gz', size: 11 }]));
  await t.rejects(files(), {
    code: 'INVENTORY_CORRUPT',
    message: 'Inventory file "data/0.csv.gz" is refused: it has 11 bytes, and the manifest says 10.',
  });
});

t.test(
  'two files of the manifest that lie in one place are refused: their rows would count twice',
  async (t) => {
    const store = storeOf(
      manifestOf([
        { key: 'a/1.gz', size: 5 },
        { key: 'b/1.gz', size: 5 },
      ]),
      new Map(),
    );
    const { manifest } = await openReport(store, 'm');
    const beside: ReportStore = {
      ...store,
      find: async () => ({ etag: 'e', root: '/x', at: '1.gz', size: 5 }),
    };
    await t.rejects(findFiles(beside, manifest, looking), {
      code: 'INVENTORY_CORRUPT',
      message: /"b\/1.gz" is refused: it lies where "a\/1.gz" lies/,
    });
  },
);

t.test('an interrupt is heard while the files are looked at', async (t) => {
  const store = storeOf(manifestOf(ten), sizesOf(ten));
  const { manifest } = await openReport(store, 'm');
  const aborted = { source: 'm', signal: AbortSignal.abort() };
  await t.rejects(findFiles(store, manifest, aborted), { code: 'INTERRUPTED' });
});

type Answer = (job: FileJob, tell: (since: FileProgress) => void) => Promise<FileResult<string>>;

/** A scanner whose part is the key of the file. */
function scannerOf(answer: Answer = async ({ file }) => resultOf(file), parallel = 2) {
  const seen = { scanned: [] as string[], under: 0, most: 0, closed: 0 };
  const scanner: FileScanner<string> = {
    parallel,
    scan: async (job, tell) => {
      seen.scanned.push(job.file.key);
      seen.most = Math.max(seen.most, ++seen.under);
      await new Promise(setImmediate);
      try {
        return await answer(job, tell);
      } finally {
        seen.under -= 1;
      }
    },
    close: () => {
      seen.closed += 1;
    },
  };
  return { scanner, seen };
}
const resultOf = ({ key, size }: FoundFile): FileResult<string> => ({
  part: key,
  rows: 100,
  bytes: size,
  columns: ['Key'],
  unknownColumns: [],
});

async function reading(scanner: FileScanner<string>, more: { kept?: PartStore<string> } = {}) {
  const { manifest, files } = await manifestAnd(sizesOf(ten));
  const taken: string[] = [];
  const progress: unknown[] = [];
  const stop = new AbortController();
  const read = async () =>
    readFiles({
      manifest,
      files: await files(),
      scanner,
      take: ({ part }) => taken.push(part),
      onProgress: (so) => progress.push(so),
      signal: stop.signal,
      ...more,
    });
  return { taken, progress, stop, read };
}

t.test(
  'every file is taken once, the largest is begun first, and no more at once than there are readers',
  async (t) => {
    const { scanner, seen } = scannerOf();
    const { taken, progress, read } = await reading(scanner);
    t.same(await read(), { files: 10, rows: 1000, bytes: 145, resumed: 0 });
    t.same(
      taken.toSorted(),
      ten.map(({ key }) => key),
    );
    t.equal(seen.scanned[0], 'data/9.csv.gz');
    t.equal(seen.most, 2);
    t.equal(seen.closed, 1);
    t.same(progress.at(-1), { files: 10, rows: 1000, bytes: 145 });
  },
);

t.test('progress within a file is told, and counted once', async (t) => {
  const { scanner } = scannerOf(async ({ file }, tell) => {
    tell({ rows: 40, bytes: 4 });
    return resultOf(file);
  });
  const { progress, read } = await reading(scanner);
  t.match(await read(), { rows: 1000, bytes: 145 });
  t.match(progress[0], { files: 0, rows: 40, bytes: 4 });
});

t.test('one file that fails ends all readers, and nothing is taken after it', async (t) => {
  const { scanner, seen } = scannerOf(async ({ file }) => {
    if (file.key === 'data/5.csv.gz') throw new Error('broken');
    return resultOf(file);
  });
  const { taken, read } = await reading(scanner);
  await t.rejects(read(), { message: 'broken' });
  const before = taken.length;
  t.equal(seen.closed, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal(taken.length, before);
  t.ok(seen.scanned.length < 10, 'what waited behind the failure is not begun');
});

t.test('a file whose kept part is looked for while another one fails is not begun', async (t) => {
  const kept: PartStore<string> = {
    read: async ({ key }) => {
      if (key === 'data/8.csv.gz') await new Promise((resolve) => setTimeout(resolve, 20));
      return undefined;
    },
    keep: async () => undefined,
  };
  const { scanner, seen } = scannerOf(() => Promise.reject(new Error('broken')));
  const { read } = await reading(scanner, { kept });
  await t.rejects(read(), { message: 'broken' });
  await new Promise((resolve) => setTimeout(resolve, 40));
  t.same(seen.scanned, ['data/9.csv.gz']);
});

t.test('a part that is being kept while another file fails is not taken', async (t) => {
  const kept: PartStore<string> = {
    read: async () => undefined,
    keep: () => new Promise((resolve) => setTimeout(resolve, 20)),
  };
  const { scanner } = scannerOf(async ({ file }) => {
    if (file.key === 'data/8.csv.gz') throw new Error('broken');
    return resultOf(file);
  });
  const { taken, read } = await reading(scanner, { kept });
  await t.rejects(read(), { message: 'broken' });
  await new Promise((resolve) => setTimeout(resolve, 40));
  t.same(taken, []);
});

t.test('an interrupt ends all readers at once, without waiting for the file under way', async (t) => {
  const { scanner, seen } = scannerOf(() => new Promise(() => undefined));
  const { stop, read } = await reading(scanner);
  setTimeout(() => stop.abort(), 10);
  await t.rejects(read(), { code: 'INTERRUPTED', message: /0 of 10 files were read; nothing was changed/ });
  t.equal(seen.closed, 1);
});

t.test('parts that were kept are not read again, and those that are read are kept', async (t) => {
  const shelf = new Map([[ten[3]!.key, resultOf({ ...ten[3]!, md5: '', etag: '', root: '', at: '' })]]);
  const kept: PartStore<string> = {
    read: async ({ key }) => shelf.get(key),
    keep: async ({ key }, result) => void shelf.set(key, result),
  };
  const { scanner, seen } = scannerOf();
  const { taken, read } = await reading(scanner, { kept });
  t.match(await read(), { files: 10, rows: 1000, resumed: 1 });
  t.equal(taken.length, 10);
  t.notOk(seen.scanned.includes(ten[3]!.key));
  t.equal(shelf.size, 10);
});
