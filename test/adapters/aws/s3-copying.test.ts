import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import t, { type Test } from 'tap';
import { copyLimits, copyPuts, partsOf } from '../../../src/adapters/aws/copy-parts.js';
import { openS3Store } from '../../../src/adapters/aws/object-store.js';
import { type Received, refuse, stubbed } from './stub-server.js';

const gib = 2 ** 30;

t.test('up to 5 GiB a copy is one request, beyond it parts of 1 GiB that are the whole object', async (t) => {
  t.equal(partsOf(5 * gib, copyLimits), undefined);
  t.equal(copyPuts(5 * gib), 1);
  t.strictSame(partsOf(5 * gib + 1, copyLimits)?.at(-1), [5 * gib, 5 * gib + 1]);
  t.equal(copyPuts(5 * gib + 1), 8);
  for (const size of [5 * gib + 1, 6 * gib, 5 * 2 ** 40]) {
    const parts = partsOf(size, copyLimits)!;
    t.ok(parts.every(([from], at) => from === (at === 0 ? 0 : parts[at - 1]![1])));
    t.equal(parts.at(-1)![1], size);
    t.ok(parts.length <= 10_000);
  }
});

const xml = (response: ServerResponse, inner: string): void => {
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>${inner}`);
};

/** One object of ten bytes and the uploads to its copy; `meddle` may answer instead. */
async function copying(t: Test, meddle: (request: Received, response: ServerResponse) => boolean) {
  const held: { mark?: string } = {};
  const open = new Map<string, string>();
  const { client, received } = await stubbed(t, (request, response) => {
    const { line, headers } = request;
    if (line.includes('?uploads')) open.set('u', String(headers['x-amz-meta-bucketwise-write']));
    if (meddle(request, response)) return;
    if (line.startsWith('HEAD'))
      response
        .writeHead(held.mark ? 200 : 404, {
          etag: '"whole-3"',
          'x-amz-meta-bucketwise-write': held.mark ?? '',
        })
        .end();
    else if (line.includes('?uploads'))
      xml(response, '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>');
    else if (line.startsWith('PUT'))
      xml(
        response,
        `<CopyPartResult><ETag>"${createHash('md5').update(line).digest('hex')}"</ETag></CopyPartResult>`,
      );
    else if (line.startsWith('POST')) {
      if (!open.has('u')) return refuse(response, 404, 'NoSuchUpload');
      held.mark = open.get('u')!;
      open.delete('u');
      xml(response, '<CompleteMultipartUploadResult><ETag>"whole-3"</ETag></CompleteMultipartUploadResult>');
    } else response.writeHead(204).end();
  });
  const copies = { wholeBytes: 4, partBytes: 4 };
  const store = openS3Store({ bucket: 'bucket', client, pause: async () => undefined, copies });
  const lines = (): string[] => received.map(({ line }) => line.replace(/&?x-id=\w+/, ''));
  return { store, received, lines, held, open };
}

const from = { key: 'from', etag: 'e', size: 10 };
const isComplete = ({ line }: Received): boolean => line.startsWith('POST') && line.includes('uploadId=');

t.test(
  'a large copy is made in parts, each of the bytes meant, and completed under its condition',
  async (t) => {
    const { store, received, lines } = await copying(t, () => false);
    t.same(await store.copy(from, 'to'), { outcome: 'written', etag: 'whole-3' });
    t.equal(lines().length, 6);
    const parts = received.filter(({ line }) => line.includes('partNumber='));
    t.strictSame(parts.map(({ headers }) => headers['x-amz-copy-source-range']).sort(), [
      'bytes=0-3',
      'bytes=4-7',
      'bytes=8-9',
    ]);
    for (const { headers } of parts)
      t.match(headers, { 'x-amz-copy-source': 'bucket/from', 'x-amz-copy-source-if-match': '"e"' });
    const complete = received.find(isComplete)!;
    t.equal(complete.headers['if-none-match'], '*');
    t.match(complete.body, /<PartNumber>1<.*<PartNumber>2<.*<PartNumber>3</s);
  },
);

t.test('a source that changed between two parts leaves nothing behind', async (t) => {
  const { store, lines } = await copying(t, ({ line }, response) => {
    if (!line.includes('partNumber=2')) return false;
    refuse(response, 412, 'PreconditionFailed');
    return true;
  });
  t.same(await store.copy(from, 'to'), { outcome: 'changed' });
  t.ok(lines().some((line) => line.startsWith('DELETE /bucket/to?uploadId=u')));
  t.notOk(lines().some((line) => line.startsWith('POST') && line.includes('uploadId=')));
});

t.test('what appeared at the target meanwhile stays, and the upload is ended', async (t) => {
  const { store, held, lines } = await copying(t, (request, response) => {
    if (!isComplete(request)) return false;
    held.mark = 'of another';
    refuse(response, 412, 'PreconditionFailed');
    return true;
  });
  t.same(await store.copy(from, 'to'), { outcome: 'exists' });
  t.ok(lines().some((line) => line.startsWith('DELETE /bucket/to?uploadId=u')));
});

t.test('a completion that was carried out though its answer was lost is written', async (t) => {
  let lost = 0;
  const { store, held, open } = await copying(t, (request, response) => {
    if (!isComplete(request) || lost++ > 0) return false;
    held.mark = open.get('u')!;
    open.delete('u');
    response.destroy();
    return true;
  });
  t.same(await store.copy(from, 'to'), { outcome: 'written', etag: 'whole-3' });
});

t.test('an upload that cannot be ended does not hide why the copy failed', async (t) => {
  const { store } = await copying(t, ({ line }, response) => {
    const isRefused = line.includes('partNumber=') || line.startsWith('DELETE');
    if (isRefused) refuse(response, 403, 'AccessDenied');
    return isRefused;
  });
  await t.rejects(store.copy(from, 'to'), {
    code: 'PERMISSION_DENIED',
    message: /s3:PutObject and s3:GetObject/,
  });
});
