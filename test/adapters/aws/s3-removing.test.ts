/** Deletes and tags as they go over the wire, and the answers a real server cannot be made to give. */
import type { ServerResponse } from 'node:http';
import t from 'tap';
import { refuse, stubbed } from './stub-server.js';

const object = { key: 'a b/ü', etag: 'e1' };
const tag = { name: 'bucketwise', value: 'compacted' };
const head = (response: ServerResponse, etag: string | undefined): void => {
  response.writeHead(etag === undefined ? 404 : 200, etag === undefined ? {} : { etag: `"${etag}"` }).end();
};
const tagging = (response: ServerResponse, ...names: string[]): void => {
  const tags = names.map((name) => `<Tag><Key>${name}</Key><Value>1</Value></Tag>`).join('');
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(`<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet>${tags}</TagSet></Tagging>`);
};

t.test('a delete names one key and carries the etag of the bytes meant', async (t) => {
  const { store, received } = await stubbed(t, ({ line }, response) =>
    line.startsWith('HEAD') ? head(response, 'e1') : response.writeHead(204).end(),
  );
  t.equal(await store.remove(object), 'removed');
  t.match(received.at(-1), {
    line: 'DELETE /bucket/a%20b/%C3%BC?x-id=DeleteObject',
    headers: { 'if-match': '"e1"' },
  });
  t.equal(await store.remove({ ...object, etag: 'other' }), 'changed');
  t.equal(
    received.filter(({ line }) => line.startsWith('DELETE')).length,
    1,
    'other bytes are not asked for',
  );
});

t.test('a delete that the server refuses because the bytes changed meanwhile is changed', async (t) => {
  let heads = 0;
  const { store } = await stubbed(t, ({ line }, response) => {
    if (!line.startsWith('HEAD')) return refuse(response, 412, 'PreconditionFailed');
    heads += 1;
    head(response, heads === 1 ? 'e1' : 'e2');
  });
  t.equal(await store.remove(object), 'changed');
});

t.test(
  'a delete that was carried out though its answer was lost is gone, and nothing else is deleted',
  async (t) => {
    let isThere = true;
    const { store, lines } = await stubbed(t, ({ line }, response) => {
      if (line.startsWith('HEAD')) return head(response, isThere ? 'e1' : undefined);
      if (!isThere) return refuse(response, 404, 'NoSuchKey');
      isThere = false;
      response.destroy();
    });
    t.equal(await store.remove(object), 'gone');
    t.equal(new Set(lines().filter((line) => line.startsWith('DELETE'))).size, 1);
  },
);

t.test('a delete without permission, or on a server without conditions, is told as such', async (t) => {
  const refusing = (status: number, code: string) =>
    stubbed(t, ({ line }, response) =>
      line.startsWith('HEAD') ? head(response, 'e1') : refuse(response, status, code),
    );
  const denied = await refusing(403, 'AccessDenied');
  await t.rejects(denied.store.remove(object), {
    code: 'PERMISSION_DENIED',
    details: { action: 's3:DeleteObject and s3:GetObject' },
  });
  const old = await refusing(501, 'NotImplemented');
  await t.rejects(old.store.remove(object), { code: 'CONDITION_UNSUPPORTED' });
});

t.test('a probe leaves the whole check to the server', async (t) => {
  const { store, lines } = await stubbed(t, (_, response) => refuse(response, 412, 'PreconditionFailed'));
  await store.remove(object, 'unseen').catch(() => undefined);
  t.match(lines()[0], /^DELETE/);
});

t.test('a tag is added to those that are there', async (t) => {
  const { store, received } = await stubbed(t, ({ line }, response) => {
    if (line.startsWith('HEAD')) return head(response, 'e1');
    if (line.startsWith('GET')) return tagging(response, 'team', 'bucketwise');
    response.writeHead(200).end();
  });
  t.equal(await store.tag(object, tag), 'tagged');
  const { body } = received.find(({ line }) => line.startsWith('PUT'))!;
  t.match(body, /<Key>team<\/Key>/);
  t.equal(body.match(/<Key>bucketwise<\/Key>/g)?.length, 1);
});

t.test('new bytes that took the place of the tagged ones lose the tag again', async (t) => {
  let isTagged = false;
  const bodies: string[] = [];
  const { store } = await stubbed(t, ({ line, body }, response) => {
    if (line.startsWith('HEAD')) return head(response, isTagged ? 'e2' : 'e1');
    if (line.startsWith('GET')) return isTagged ? tagging(response, 'new', 'bucketwise') : tagging(response);
    isTagged = true;
    bodies.push(body);
    response.writeHead(200).end();
  });
  t.equal(await store.tag(object, tag), 'changed');
  t.equal(bodies.length, 2);
  t.match(bodies[1], /<Key>new<\/Key>/);
  t.notMatch(bodies[1], 'bucketwise');
});
