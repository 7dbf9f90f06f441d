import t, { type Test } from 'tap';
import { listBucket } from '../../../src/adapters/aws/s3-listing.js';
import type { ListRequest } from '../../../src/inventory/ports.js';
import { hostileKeys } from '../../conformance/hostile-keys.js';
import { type Answer, entry, listing, stubbed } from './stub-server.js';

async function listed(t: Test, answer: Answer, request: ListRequest = { prefix: '' }) {
  const { store, lines } = await stubbed(t, answer);
  const pages = [];
  for await (const page of store.list(request)) pages.push(page);
  return { pages, lines: lines() };
}

/** As S3 encodes: like a form, with "/" left alone. */
const urlEncoded = (key: string): string =>
  encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/').replaceAll("'", '%27');

const encoding = '<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>';

t.test('encoded keys come out as they were put, whatever they hold', async (t) => {
  const keys = [...hostileKeys, '\u0000', '\u0001', 'a//b', '../up', '\ufffd'];
  const { pages, lines } = await listed(t, (_, response) =>
    listing(response, encoding + keys.map((key) => entry(urlEncoded(key))).join('')),
  );
  t.same(
    pages[0]?.objects.map(({ key }) => key),
    keys,
  );
  t.match(lines[0], /^GET \/bucket\/?\?.*encoding-type=url/);
});

t.test('groups are encoded as keys are', async (t) => {
  const { pages, lines } = await listed(
    t,
    (_, response) =>
      listing(response, `${encoding}<CommonPrefixes><Prefix>a+b%0A/</Prefix></CommonPrefixes>`),
    { prefix: 'a b', after: 'a+', delimiter: '/' },
  );
  t.same(pages, [{ objects: [], prefixes: ['a b\n/'] }]);
  for (const part of ['prefix=a%20b', 'start-after=a%2B', 'delimiter=%2F'])
    t.ok(lines[0]?.includes(part), part);
});

t.test('a server that does not encode is taken at its word', async (t) => {
  const { pages } = await listed(t, (_, response) =>
    listing(response, `${entry(' a+b%20c&amp;&lt;é&#10; ')}${entry('007')}`),
  );
  t.same(
    pages[0]?.objects.map(({ key }) => key),
    [' a+b%20c&<é\n ', '007'],
  );
});

t.test('a name that the server garbled is refused, never counted under another', async (t) => {
  await t.rejects(
    listed(t, (_, response) => listing(response, entry('ctrl\ufffd'))),
    { code: 'KEY_UNSUPPORTED', details: { key: 'ctrl\ufffd' } },
  );
  await t.rejects(
    listed(t, (_, response) => listing(response, encoding + entry('%ff'))),
    { code: 'KEY_UNSUPPORTED', details: { key: '%ff' } },
  );
});

t.test('size, etag, class and time are as listed; a class that is not named is STANDARD', async (t) => {
  const { pages } = await listed(t, (_, response) =>
    listing(
      response,
      entry('a', 5_000_000_000_000) + entry('b', 2, '<StorageClass>NEW_CLASS</StorageClass>'),
    ),
  );
  const modifiedAt = Date.UTC(2026, 10, 24);
  t.same(pages[0]?.objects, [
    { key: 'a', size: 5_000_000_000_000, etag: 'e5000000000000', storageClass: 'STANDARD', modifiedAt },
    { key: 'b', size: 2, etag: 'e2', storageClass: 'NEW_CLASS', modifiedAt },
  ]);
});

t.test('an object without a size is refused, not taken to be empty', async (t) => {
  await t.rejects(
    listed(t, (_, response) => listing(response, '<Contents><Key>a</Key></Contents>')),
    { code: 'KEY_UNSUPPORTED' },
  );
});

t.test('pages follow the token, and a page that goes back is an error', async (t) => {
  const more = (token: string): string =>
    `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`;
  const forward = await listed(t, ({ line }, response) =>
    listing(response, line.includes('continuation-token=t%2B1') ? entry('b') : more('t+1') + entry('a')),
  );
  t.same(
    forward.pages.map(({ objects }) => objects[0]?.key),
    ['a', 'b'],
  );
  await t.rejects(
    listed(t, (_, response, number) => listing(response, more(`t${number}`) + entry('a'))),
    { code: 'STORE_FAILED', details: { why: /order/ } },
    'a server that gives the same page for ever does not keep us for ever',
  );
});

t.test('a directory bucket is listed from token to token, in whatever order it gives', async (t) => {
  const { client, lines } = await stubbed(t, ({ line }, response) =>
    listing(
      response,
      line.includes('continuation-token=t')
        ? `${entry('d/a')}${entry('c', 2, '<StorageClass>OTHER</StorageClass>')}`
        : `<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>${entry('d/b')}`,
    ),
  );
  const bucket = { name: 'lake--use1-az4--x-s3', client, pause: async () => undefined };
  const found: string[] = [];
  // The client would open a session of its own for such a bucket, which is of AWS alone.
  Object.assign(client.config, { disableS3ExpressSessionAuth: true });
  for await (const { objects } of listBucket(bucket, { prefix: '' }))
    found.push(...objects.map(({ key, storageClass }) => `${key} ${storageClass}`));
  t.same(found, ['d/b EXPRESS_ONEZONE', 'd/a EXPRESS_ONEZONE', 'c OTHER']);
  t.ok(lines().every((line) => !line.includes('start-after')));
});
