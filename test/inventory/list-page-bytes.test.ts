import fc from 'fast-check';
import t from 'tap';
import type { ColumnBatch } from '../../src/inventory/column-batch.js';
import { type ListedPage, pageReader } from '../../src/inventory/list-page-bytes.js';
import { hostileKeys } from '../conformance/hostile-keys.js';

const refuse = (why: string): never => {
  throw new Error(why);
};
/** Cut somewhere: pages come in pieces of any size. */
const pieces = (xml: string): readonly Buffer[] => {
  const bytes = Buffer.from(xml);
  return [bytes.subarray(0, bytes.length / 3), bytes.subarray(bytes.length / 3)];
};
/** One reader for all: nothing of a page is left in the next. */
const objects = pageReader({ hasVersions: false, refuse });
const versions = pageReader({ hasVersions: true, refuse });
const scanned = (xml: string, hasVersions = false): ListedPage =>
  (hasVersions ? versions : objects)(pieces(xml));
const page = (inner: string, more = '<IsTruncated>false</IsTruncated>'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${more}${inner}</ListBucketResult>`;
const entry = (key: string, size: string | number = 1, more = ''): string =>
  `<Contents><Key>${key}</Key><Size>${size}</Size>${more}</Contents>`;
const url = '<EncodingType>url</EncodingType>';

const keysOf = ({ rows, key }: ColumnBatch): string[] =>
  Array.from({ length: rows }, (_, i) =>
    Buffer.from(key.bytes.subarray(key.offsets[i], key.offsets[i + 1])).toString(),
  );
const classesOf = ({ storageClass }: ColumnBatch): (string | undefined)[] =>
  [...(storageClass?.codes ?? [])].map((code) => storageClass?.values[code]);

/** As S3 encodes: like a form, with "/" left alone. */
const urlEncoded = (key: string): string =>
  encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/').replaceAll("'", '%27');
const escaped = (text: string): string =>
  text.replace(
    /[&<>"'\r\n\t]|[^ -~]/gu,
    (c) => `&#${c.codePointAt(0)! % 2 === 0 ? `x${c.codePointAt(0)!.toString(16)}` : c.codePointAt(0)};`,
  );

t.test('names come out as they were put, encoded as in a form or for XML alone', async (t) => {
  const keys = [...hostileKeys, '\u0000', '\u0001', 'a//b', '../up', '\u{10ffff}', ' ', '+', '%41', '&amp;'];
  const encoded = keys.map((key) => entry(urlEncoded(key)));
  t.same(keysOf(scanned(page(url + encoded.join(''))).batch), keys);
  t.same(keysOf(scanned(page(encoded.join('') + url)).batch), keys, 'said after the keys');
  t.same(keysOf(scanned(page(keys.map((key) => entry(escaped(key))).join(''))).batch), keys);
  t.same(keysOf(scanned(page(entry(' a+b%20c&amp;&lt;é&#10; '))).batch), [' a+b%20c&<é\n ']);
});

t.test('any keys in any encoding come out as they were put', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), { maxLength: 12 }),
      fc.boolean(),
      (keys, isUrl) => {
        fc.pre(isUrl || !keys.some((key) => key.includes('\ufffd')));
        const rows = keys.map((key) => entry(escaped(isUrl ? urlEncoded(key) : key))).join('');
        t.same(keysOf(scanned(page((isUrl ? url : '') + rows)).batch), keys);
      },
    ),
    { numRuns: 25 },
  );
});

t.test('fields come in any order, and what is not asked for is passed over', async (t) => {
  const { batch, ...rest } = scanned(
    `<ListBucketResult><!-- <Contents> --><Contents a="x>y" ><Size>7</Size><Owner><ID>o</ID><Key>no</Key></Owner>` +
      `<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus>` +
      `<StorageClass>NEW&amp;CLASS</StorageClass><New/><Key >a</Key></Contents>` +
      `${entry('b', 5_000_000_000_000)}${entry('c', 0, '<StorageClass>GLACIER</StorageClass>')}` +
      `<Name>bucket</Name><CommonPrefixes><Prefix>d&lt;/</Prefix></CommonPrefixes><Prefix></Prefix><Delimiter/>` +
      `<NextContinuationToken>1+%2B&amp;==</NextContinuationToken><IsTruncated>true</IsTruncated></ListBucketResult>\n`,
  );
  t.same(rest, { prefixes: ['d</'], isTruncated: true, token: '1+%2B&==' });
  t.same(keysOf(batch), ['a', 'b', 'c']);
  t.same([...(batch.size ?? [])], [7, 5_000_000_000_000, 0]);
  t.same(classesOf(batch), ['NEW&CLASS', 'STANDARD', 'GLACIER']);
});

t.test('entries with other fields than their neighbours, in other orders, are read like any', async (t) => {
  const field = fc.constantFrom(
    '<StorageClass>GLACIER</StorageClass>',
    '<Owner><ID>o</ID><DisplayName>Size</DisplayName></Owner>',
    '<ETag>&quot;e&quot;</ETag>',
    '<New/>',
    '<!-- <Key>no</Key> -->',
    ' ',
  );
  const object = fc.tuple(
    fc.stringMatching(/^[a-z]{1,3}$/),
    fc.nat(1e6),
    fc.uniqueArray(field, { maxLength: 3 }),
    fc.boolean(),
  );
  fc.assert(
    fc.property(fc.array(object, { maxLength: 12 }), (objects) => {
      const rows = objects.map(([key, size, fields, isKeyFirst]) => {
        const parts = [`<Key>${key}</Key>`, ...fields, `<Size>${size}</Size>`];
        return `<Contents>${(isKeyFirst ? parts : parts.toReversed()).join('')}</Contents>`;
      });
      const { batch } = scanned(page(rows.join('')));
      t.same(
        keysOf(batch),
        objects.map(([key]) => key),
      );
      t.same(
        [...(batch.size ?? [])],
        objects.map(([, size]) => size),
      );
      t.same(
        classesOf(batch),
        objects.map(([, , fields]) =>
          fields.some((one) => one.includes('GLACIER')) ? 'GLACIER' : 'STANDARD',
        ),
      );
    }),
    { numRuns: 25 },
  );
});

t.test('groups are encoded as keys are', async (t) => {
  const groups = '<CommonPrefixes><Prefix>a+b%0A/</Prefix><Prefix>c%25/</Prefix></CommonPrefixes>';
  t.same(scanned(page(url + groups)).prefixes, ['a b\n/', 'c%/']);
});

t.test('versions, delete markers and where to go on', async (t) => {
  const { batch, ...rest } = scanned(
    `<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k+1</NextKeyMarker>${url}` +
      `<NextVersionIdMarker>v+1</NextVersionIdMarker>` +
      `<Version><Key>a</Key><VersionId>null</VersionId><IsLatest>false</IsLatest><Size>3</Size><StorageClass>STANDARD_IA</StorageClass></Version>` +
      `<DeleteMarker><Key>a</Key><VersionId>2</VersionId><IsLatest>true</IsLatest></DeleteMarker></ListVersionsResult>`,
    true,
  );
  t.same(rest, { prefixes: [], isTruncated: true, nextKey: 'k 1', nextVersion: 'v+1' });
  t.same(keysOf(batch), ['a', 'a']);
  t.same([...(batch.size ?? [])], [3, Number.NaN]);
  t.same(classesOf(batch), ['STANDARD_IA', undefined]);
  t.same([...(batch.isLatest ?? [])], [0, 1]);
  t.same([...(batch.isDeleteMarker ?? [])], [0, 1]);
});

t.test('delete markers that a server gives behind all versions come in order of keys', async (t) => {
  const version = (key: string, size: number): string =>
    `<Version><Key>${key}</Key><IsLatest>${size < 5}</IsLatest><Size>${size}</Size></Version>`;
  const marker = (key: string): string =>
    `<DeleteMarker><Key>${key}</Key><IsLatest>true</IsLatest></DeleteMarker>`;
  const given = [version('a', 1), version('b', 5), version('c', 2), marker('b'), marker('b0')];
  const { batch } = scanned(
    `<ListVersionsResult><IsTruncated>false</IsTruncated>${given.join('')}</ListVersionsResult>`,
    true,
  );
  t.same(keysOf(batch), ['a', 'b', 'b', 'b0', 'c']);
  t.same([...(batch.size ?? [])], [1, 5, Number.NaN, Number.NaN, 2]);
  t.same([...(batch.isDeleteMarker ?? [])], [0, 0, 1, 1, 0]);
  t.same([...(batch.isLatest ?? [])], [1, 0, 1, 1, 1]);
  t.same(classesOf(batch), ['STANDARD', 'STANDARD', undefined, undefined, 'STANDARD']);
});

t.test('a page longer than those of S3 is read to its end', async (t) => {
  const keys = Array.from({ length: 2501 }, (_, i) => `k${i}`);
  const { batch } = scanned(page(keys.map((key, i) => entry(key, i)).join('')));
  t.same(keysOf(batch), keys);
  t.equal(batch.size?.[2500], 2500);
});

t.test('wherever a page is cut off, it is refused and never taken for the end', async (t) => {
  const whole = page(entry('a', 1, '<StorageClass>STANDARD</StorageClass>') + entry('b'));
  t.equal(scanned(whole).batch.rows, 2);
  const taken = Array.from({ length: whole.length }, (_, end) => end).filter((end) => {
    try {
      return scanned(whole.slice(0, end)) !== undefined;
    } catch {
      return false;
    }
  });
  t.same(taken, []);
});

t.test('what is not whole or not XML is refused, and says where', async (t) => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    [page('', ''), /IsTruncated/],
    [page('', '<IsTruncated>maybe</IsTruncated>'), /"maybe" is neither true nor false at byte/],
    [page('<Contents><Size>1</Size></Contents>'), /has no key/],
    [page('<Contents/>'), /has no key/],
    [page(entry('a', '-1')), /no whole number at byte/],
    [page(entry('a', '1.5')), /no whole number/],
    [page(entry('a', '')), /no whole number/],
    [page(entry('a', '99999999999999999')), /no whole number/],
    [page(entry('a<b/>')), /does not end/],
    [page(entry('a<!-- cut -->b')), /does not end/],
    [page(entry('a', 1, '<StorageClass>STANDARD<?x ?>_IA</StorageClass>')), /does not end/],
    [page('<CommonPrefixes><Prefix>a/</Prefix></Contents>'), /does not end/],
    [page('<Contents><Key>a</Key><Size>1</Size></Wrong>'), /does not end/],
    [page('<Owner><ID>x</ID></Wrong>'), /does not end/],
    [page('<![CDATA[x]]>'), /declaration/],
    [`${page('')}<more/>`, /follows its end/],
    ['<html><body>busy</body></html>', /it is <html> and not <ListBucketResult>/],
    ['', /ends in the middle/],
    ['busy', /ends in the middle/],
  ];
  for (const [xml, why] of wrong) t.throws(() => scanned(xml), { message: why }, xml);
});

t.test('a name that the server garbled is refused, never counted under another', async (t) => {
  for (const [inner, key] of [
    [entry('ctrl\ufffd'), 'ctrl\ufffd'],
    [`${url}${entry('a')}${entry('%ff')}`, '\ufffd'],
    [`${url}${entry('%zz')}`, '%zz'],
    [`${url}${entry('a%4')}`, 'a%4'],
    [entry('a&nosuch;b'), 'a&nosuch;b'],
    [entry('a&#xd800;b'), 'a&#xd800;b'],
    [`${url}${entry('a%f0')}${entry('%9f%98%80')}`, 'a\ufffd'],
    [`${url}<CommonPrefixes><Prefix>%ff/</Prefix></CommonPrefixes>`, '%ff/'],
  ] as const)
    t.throws(() => scanned(page(inner)), { code: 'KEY_UNSUPPORTED', details: { key } }, inner);
});

t.test('an object without a size is refused, not taken to be empty', async (t) => {
  t.throws(() => scanned(page('<Contents><Key>a</Key></Contents>')), {
    code: 'KEY_UNSUPPORTED',
    message: /"a".*size is not listed/,
  });
});
