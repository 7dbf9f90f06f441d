import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { listFolder } from '../../../src/adapters/files/folder-listing.js';
import { HIDDEN_FOLDER, pathFault } from '../../../src/adapters/files/key-path.js';
import type { ListRequest } from '../../../src/inventory/ports.js';

function rootWith(t: Test, keys: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'bucketwise-listing-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  for (const key of keys) addFile(root, key);
  return root;
}

function addFile(root: string, key: string): void {
  mkdirSync(join(root, dirname(key)), { recursive: true });
  writeFileSync(join(root, key), key);
}

async function listed(root: string, request: ListRequest, create = false) {
  const all = { keys: [] as string[], prefixes: [] as string[], pages: 0 };
  for await (const page of listFolder({ root, create }, request)) {
    all.keys.push(...page.objects.map(({ key }) => key));
    all.prefixes.push(...page.prefixes);
    all.pages += 1;
  }
  return all;
}

const order = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What S3 would list, in the plainest words. */
function expected(keys: readonly string[], { prefix, after, delimiter }: ListRequest) {
  const behind = (text: string): boolean => after === undefined || order(text, after) > 0;
  const under = keys.filter((key) => key.startsWith(prefix));
  const groupOf = (key: string): string | undefined => {
    const slash = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
    return slash < 0 ? undefined : key.slice(0, slash + 1);
  };
  const groups = under.map(groupOf).filter((group) => group !== undefined);
  return {
    keys: under.filter((key) => groupOf(key) === undefined && behind(key)).sort(order),
    prefixes: [...new Set(groups)].filter(behind).sort(order),
  };
}

const name = fc.constantFrom(
  'a',
  'b',
  'a.b',
  'a-',
  'ab',
  'é',
  'e\u0301',
  '\u{1f600}',
  '\ue000',
  'day=1',
  'day=10',
);
const key = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const somewhere = fc.oneof(
  key,
  key.map((text) => `${text}/`),
  key.map((text) => [...text].slice(0, -1).join('')),
);

/** A file and a folder of one name cannot both be. */
const holdable = (keys: readonly string[]): string[] =>
  keys.filter((one) => !keys.some((other) => other.startsWith(`${one}/`)));

t.test('any listing of any folder is what S3 would list', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(key, { maxLength: 25 }),
      fc.array(
        fc.record({
          prefix: fc.oneof(fc.constant(''), somewhere),
          after: fc.option(somewhere),
          group: fc.boolean(),
        }),
        {
          minLength: 5,
          maxLength: 5,
        },
      ),
      async (drawn, requests) => {
        const keys = holdable(drawn);
        const root = rootWith(t, keys);
        for (const { prefix, after, group } of requests) {
          const request: ListRequest = {
            prefix,
            ...(after !== null && { after }),
            ...(group && { delimiter: '/' as const }),
          };
          const { pages: _, ...found } = await listed(root, request);
          t.strictSame(found, expected(keys, request));
          if (!t.passing()) throw new Error(JSON.stringify({ keys, request, found }));
        }
      },
    ),
    { numRuns: 60 },
  );
});

t.test('folders without files are no keys and no groups', async (t) => {
  const root = rootWith(t, ['a/b/c', 'z']);
  mkdirSync(join(root, 'empty/below'), { recursive: true });
  t.same((await listed(root, { prefix: '' })).keys, ['a/b/c', 'z']);
  t.same((await listed(root, { prefix: '', delimiter: '/' })).prefixes, ['a/']);
});

t.test('prefixes no key can have list nothing and never leave the root', async (t) => {
  const root = rootWith(t, ['in/x']);
  const [, above = ''] = /([^/]+)$/.exec(root) ?? [];
  for (const prefix of [
    '../',
    `../${above}/`,
    'in/../in/',
    './',
    '/',
    'in//',
    '/in/',
    'in/\0',
    'in/x/',
    'half \ud83d',
  ])
    t.same(await listed(root, { prefix }), { keys: [], prefixes: [], pages: 1 }, JSON.stringify(prefix));
  t.same((await listed(root, { prefix: '..' })).keys, []);
});

t.test('unfinished writes are never listed, at no depth', async (t) => {
  const root = rootWith(t, ['a/x', `${HIDDEN_FOLDER}/new-1`, `a/${HIDDEN_FOLDER}/new-2`]);
  t.same((await listed(root, { prefix: '' })).keys, ['a/x']);
  t.same((await listed(root, { prefix: '', delimiter: '/' })).prefixes, ['a/']);
  t.same((await listed(root, { prefix: `${HIDDEN_FOLDER}/` })).keys, []);
  t.ok(pathFault(`${HIDDEN_FOLDER}/new-1`), 'and no key can name them');
});

t.test('a missing folder is an error with its path, unless it may be missing', async (t) => {
  const root = rootWith(t, ['file']);
  await t.rejects(listed(join(root, 'none'), { prefix: '' }), {
    code: 'FILE_MISSING',
    message: `There is no file or folder "${root}/none".`,
  });
  await t.rejects(listed(join(root, 'file'), { prefix: '' }), { code: 'FOLDER_INVALID' });
  await t.rejects(listed(join(root, 'file/below'), { prefix: '' }), { code: 'FILE_MISSING' });
  t.same(await listed(join(root, 'none'), { prefix: '' }, true), { keys: [], prefixes: [], pages: 1 });
});

t.test('a root that is itself a symbolic link is where it leads', async (t) => {
  const root = rootWith(t, ['real/x', 'elsewhere']);
  symlinkSync(join(root, 'real'), join(root, 'link'));
  t.same((await listed(join(root, 'link'), { prefix: '' })).keys, ['x']);
});

t.test('symbolic links are refused by name, never followed and never left out', async (t) => {
  const outside = rootWith(t, ['secret/x']);
  for (const [link, to] of [
    ['in/to-folder', join(outside, 'secret')],
    ['in/to-file', join(outside, 'secret/x')],
    ['in/to-nothing', join(outside, 'none')],
    ['in/to-itself', 'to-itself'],
    ['in/up', '..'],
  ] as const) {
    const root = rootWith(t, ['in/x', 'other/y']);
    symlinkSync(to, join(root, link));
    const refusal = { code: 'KEY_UNSUPPORTED', details: { key: link } };
    await t.rejects(listed(root, { prefix: '' }), refusal, link);
    await t.rejects(listed(root, { prefix: 'in/', delimiter: '/' }), refusal, link);
    t.same((await listed(root, { prefix: 'other/' })).keys, ['other/y'], 'what lies elsewhere is listed');
    t.same(
      (await listed(root, { prefix: 'in/x' })).keys,
      ['in/x'],
      'and what a prefix leaves out is not met',
    );
    if (link !== 'in/to-nothing' && link !== 'in/to-file')
      await t.rejects(
        listed(root, { prefix: `${link}/` }),
        { code: 'KEY_UNSUPPORTED' },
        'not as a prefix either',
      );
  }
});

t.test('pipes and sockets are refused by name', async (t) => {
  const root = rootWith(t, ['in/x']);
  execFileSync('mkfifo', [join(root, 'in/pipe')]);
  await t.rejects(listed(root, { prefix: '' }), {
    code: 'KEY_UNSUPPORTED',
    details: { key: 'in/pipe', why: 'it is neither file nor folder' },
  });
});

t.test('a name that is not UTF-8 is refused with its bytes; U+FFFD itself is a name', async (t) => {
  const root = rootWith(t, ['in/\ufffd', 'other/y']);
  t.same((await listed(root, { prefix: '' })).keys, ['in/\ufffd', 'other/y']);
  for (const [bytes, shown] of [
    [Buffer.from([0x61, 0xff, 0x0a]), 'in/a\\xff\\x0a'],
    [Buffer.from([0xc0, 0xaf]), 'in/\\xc0\\xaf'],
    [Buffer.from([0xed, 0xa0, 0x80]), 'in/\\xed\\xa0\\x80'],
  ] as const) {
    const path = Buffer.concat([Buffer.from(join(root, 'in/')), bytes]);
    writeFileSync(path, '');
    await t.rejects(listed(root, { prefix: '' }), {
      code: 'KEY_UNSUPPORTED',
      details: { key: shown, why: 'its name is not valid UTF-8' },
    });
    rmSync(path);
  }
});

t.test('a folder that may not be read is PERMISSION_DENIED, never a smaller total', async (t) => {
  const root = rootWith(t, ['a/x', 'closed/y', 'z']);
  chmodSync(root, 0o755);
  chmodSync(join(root, 'closed'), 0);
  const privileged = process.geteuid?.() === 0;
  if (privileged) process.seteuid?.(65534);
  try {
    await t.rejects(listed(root, { prefix: '' }), {
      code: 'PERMISSION_DENIED',
      details: { action: 'list', what: 'closed/' },
    });
    await t.rejects(listed(root, { prefix: '', delimiter: '/' }), { code: 'PERMISSION_DENIED' });
    await t.rejects(listed(join(root, 'closed/below'), { prefix: '' }), { code: 'PERMISSION_DENIED' });
  } finally {
    if (privileged) process.seteuid?.(0);
    chmodSync(join(root, 'closed'), 0o755);
  }
});

t.test('folders that go while they are listed are passed over', async (t) => {
  const keys = Array.from(
    { length: 3000 },
    (_, i) => `d${String(Math.floor(i / 500))}/${String(i).padStart(4, '0')}`,
  );
  const root = rootWith(t, keys);
  const pages = listFolder({ root, create: false }, { prefix: '' })[Symbol.asyncIterator]();
  await pages.next();
  renameSync(join(root, 'd5'), `${root}-gone`);
  t.teardown(() => rmSync(`${root}-gone`, { recursive: true }));
  let rest = 0;
  for (let next = await pages.next(); !next.done; next = await pages.next())
    rest += next.value.objects.length;
  t.equal(rest, 1500);
});

t.test('other work runs while a large folder is listed', async (t) => {
  const root = rootWith(t, []);
  for (let i = 0; i < 6000; i++) writeFileSync(join(root, String(i)), '');
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 0);
  const { keys } = await listed(root, { prefix: '' });
  clearInterval(timer);
  t.equal(keys.length, readdirSync(root).length);
  t.ok(turns > 0);
});
