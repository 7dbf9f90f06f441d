import t, { type Test } from 'tap';
import { createS3Client } from '../../../src/adapters/aws/client.js';
import { type ListClientOptions, openListClient } from '../../../src/adapters/aws/list-client.js';
import { isBilled } from '../../../src/adapters/aws/list-fault.js';
import { type ListTarget, sdkBucket } from '../../../src/adapters/aws/list-target.js';
import type { ListAnswer } from '../../../src/adapters/aws/list-transport.js';
import { keysOf } from '../../inventory/memory-pager.js';
import { type Answer, entry, listing, refuse, stubbed, withCredentials } from './stub-server.js';

const whole = '<IsTruncated>false</IsTruncated>';
const more = (token: string): string =>
  `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`;
const pause = async (): Promise<void> => undefined;

/** Over a real socket. */
async function connected(t: Test, answer: Answer, options: Partial<ListClientOptions> = {}) {
  const stub = await stubbed(t, answer);
  const bucket = sdkBucket('bucket', stub.client);
  const client = openListClient({ bucket, pause, ...options });
  t.teardown(client.close);
  return { ...stub, list: client };
}

interface Sent extends ListTarget {
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What AWS would answer, without a socket. */
function answered(t: Test, answers: readonly Partial<ListAnswer & { xml: string }>[], extra = {}) {
  withCredentials(t, extra);
  const sent: Sent[] = [];
  const client = createS3Client({ region: 'us-east-1' });
  t.teardown(() => client.destroy());
  const list = openListClient({
    bucket: sdkBucket('lake', client),
    pause,
    transport: {
      send: async (target, { pathAndQuery: query, headers, read }) => {
        sent.push({ ...target, query, headers });
        const { status = 200, headers: said = {}, xml } = answers[Math.min(sent.length, answers.length) - 1]!;
        const page = `<ListBucketResult>${whole}${entry('a')}</ListBucketResult>`;
        return read({ status, headers: said, body: [Buffer.from(xml ?? page)] });
      },
      close: () => undefined,
    },
  });
  return { list, sent };
}

const fault = (status: number, code: string, inner = '', headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers,
  xml: `<Error><Code>${code}</Code><Message>${code} it is</Message>${inner}</Error>`,
});

t.test('a page is asked for as S3 wants it, and read by columns', async (t) => {
  const { list, lines } = await connected(t, (_, response) =>
    listing(response, `<EncodingType>url</EncodingType>${more('t+1')}${entry('a+b', 7)}`),
  );
  const page = await list.page({ prefix: "p +'/", from: { key: 'p +/\u0001' }, delimiter: '/' });
  t.equal(
    lines()[0],
    'GET /bucket/?delimiter=%2F&encoding-type=url&list-type=2&prefix=p%20%2B%27%2F&start-after=p%20%2B%2F%01',
  );
  t.same(keysOf(page.batch), ['a b']);
  t.same(page.next, { token: 't+1' });
  await list.page({ prefix: '', from: { key: 'a', token: 't+1' } });
  t.equal(lines()[1], 'GET /bucket/?continuation-token=t%2B1&encoding-type=url&list-type=2');
  await list.page({ prefix: '', delimiter: '/', maxKeys: 100 });
  t.equal(lines()[2], 'GET /bucket/?delimiter=%2F&encoding-type=url&list-type=2&max-keys=100');
  t.equal(list.requests(), 3);
});

t.test('versions are asked for by key and version', async (t) => {
  const { list, lines } = await connected(
    t,
    (_, response) =>
      response.end(
        '<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker><NextVersionIdMarker>v</NextVersionIdMarker></ListVersionsResult>',
      ),
    { hasVersions: true },
  );
  const { next } = await list.page({ prefix: 'p', from: { key: 'a', version: '1' } });
  t.same(next, { key: 'k', version: 'v' });
  t.equal(lines()[0], 'GET /bucket/?encoding-type=url&key-marker=a&prefix=p&version-id-marker=1&versions=');
});

t.test('a page that has come does not wait until the server ends its answer', async (t) => {
  for (const hasVersions of [false, true]) {
    const root = hasVersions ? 'ListVersionsResult' : 'ListBucketResult';
    const { list } = await connected(
      t,
      (_, response) => response.write(`<${root}><EncodingType>url</EncodingType>${whole}</${root}>`),
      { hasVersions },
    );
    t.equal((await list.page({ prefix: '' })).batch.rows, 0, root);
    t.equal(list.requests(), 1);
    list.close();
  }
});

t.test(
  'what a server refuses for a while is asked for again, and only answers below 500 are billed',
  async (t) => {
    const { list, received } = await connected(t, (_, response, number) => {
      if (number === 1) refuse(response, 503, 'SlowDown');
      else if (number === 2) refuse(response, 500, 'InternalError');
      else if (number === 3) response.destroy();
      else if (number === 4) {
        response.writeHead(200, { 'content-length': '100000' });
        response.write('<ListBucketResult>');
        response.destroy();
      } else if (number === 5) response.end('<ListBucketResult><IsTruncated>fal');
      else if (number === 6) response.end('<html>busy</html>');
      else listing(response, whole + entry('a'));
    });
    t.same(keysOf((await list.page({ prefix: '' })).batch), ['a']);
    t.equal(received.length, 7);
    t.equal(list.requests(), 5, 'an answer that was lost on its way may have been sent');
  },
);

t.test('a server whose answers take ever longer is full', async (t) => {
  let now = 0;
  let took = 10;
  let isLast = false;
  const { list } = await connected(
    t,
    (_, response) => {
      now += took;
      listing(response, isLast ? whole + entry('a') : more('t') + entry('a'));
    },
    { elapsed: () => now },
  );
  for (let i = 0; i < 20; i++) await list.page({ prefix: '' });
  t.equal(list.isFull?.(0), false);
  took = 100;
  isLast = true;
  for (let i = 0; i < 20; i++) await list.page({ prefix: '' });
  t.equal(list.isFull?.(0), false, 'how long the last page of a range takes says nothing');
  isLast = false;
  for (let i = 0; i < 20; i++) await list.page({ prefix: '' });
  t.equal(list.isFull?.(0), true);
});

t.test('waits grow, and end', async (t) => {
  const waits: number[] = [];
  const { list } = await connected(t, (_, response) => refuse(response, 503, 'SlowDown'), {
    pause: async (milliseconds) => waits.push(milliseconds),
  });
  await t.rejects(list.page({ prefix: '' }), { code: 'STORE_THROTTLED' });
  t.equal(waits.length, 11);
  t.ok(waits[0]! >= 100 && waits[0]! <= 200);
  t.ok(waits.at(-1)! >= 10_000 && waits.at(-1)! <= 20_000);
  t.equal(list.requests(), 0, 'none of it is billed');
});

t.test('one that always comes too late is not given up while others are answered, only then', async (t) => {
  let refused = 0;
  const waits: number[] = [];
  const { list } = await connected(
    t,
    ({ line }, response) => {
      if (!line.includes('prefix=late')) return listing(response, whole + entry('a'));
      refused += 1;
      return refuse(response, 503, 'SlowDown');
    },
    {
      pause: async (milliseconds) => {
        waits.push(milliseconds);
        if (refused < 30) await list.page({ prefix: 'early' });
      },
    },
  );
  await t.rejects(list.page({ prefix: 'late' }), { code: 'STORE_THROTTLED' });
  t.equal(refused, 38, 'thirty in turn, and from the fourth try on as long as ever');
  t.ok(Math.max(...waits.slice(0, 29)) <= 1_600, 'its turn comes soon');
  t.ok(waits.at(-1)! >= 10_000);
});

t.test('a page that is never whole fails, and says why', async (t) => {
  const { list } = await connected(t, (_, response) => response.end('<ListBucketResult></ListBucketResult>'));
  await t.rejects(list.page({ prefix: '' }), {
    code: 'STORE_FAILED',
    message: /cannot be read.*IsTruncated/,
  });
});

t.test('no server is an error that names the endpoint, and costs nothing', async (t) => {
  withCredentials(t);
  const client = createS3Client({ region: 'us-east-1', endpointUrl: 'http://127.0.0.1:9' });
  const list = openListClient({ bucket: sdkBucket('bucket', client), pause });
  await t.rejects(list.page({ prefix: '' }), { code: 'STORE_FAILED', message: /127\.0\.0\.1:9/ });
  t.equal(list.requests(), 0);
});

t.test('what never left this machine costs nothing, and what may have been answered does', async (t) => {
  const costs = (code: string) => isBilled(Object.assign(new Error(code), { code }));
  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EADDRNOTAVAIL', 'EMFILE', 'ABORT_ERR'])
    t.equal(costs(code), false, code);
  for (const code of ['ECONNRESET', 'ETIMEDOUT', 'EPIPE']) t.equal(costs(code), true, code);
});

t.test('a server that falls silent is asked again, one that is slow is waited for', async (t) => {
  const { openTransport } = await import('../../../src/adapters/aws/list-transport.js');
  const transport = openTransport({ silenceMs: 250 });
  let beats = 0;
  const { list, received } = await connected(
    t,
    (_, response, number) => {
      if (number === 1) return;
      response.write('<ListBucketResult>');
      const beat = setInterval(() => {
        beats += 1;
        if (beats < 4) response.write('<!-- x -->');
        else {
          clearInterval(beat);
          response.end(`${whole}</ListBucketResult>`);
        }
      }, 30);
    },
    { transport },
  );
  t.equal((await list.page({ prefix: '' })).batch.rows, 0);
  t.equal(received.length, 2);
});

t.test('what is refused for good is refused at once, with the permission it takes', async (t) => {
  for (const [status, code, expected] of [
    [403, 'AccessDenied', { code: 'PERMISSION_DENIED', message: /s3:ListBucket on "s3:\/\/bucket"/ }],
    [404, 'NoSuchBucket', { code: 'BUCKET_MISSING' }],
    [403, 'SignatureDoesNotMatch', { code: 'CREDENTIALS_UNUSABLE' }],
    [403, 'InvalidAccessKeyId', { code: 'CREDENTIALS_UNUSABLE' }],
    [400, 'InvalidArgument', { code: 'STORE_FAILED', message: /InvalidArgument/ }],
  ] as const) {
    const { list, received } = await connected(t, (_, response) => refuse(response, status, code));
    await t.rejects(list.page({ prefix: '' }), expected, code);
    t.equal(received.length, 1, code);
    t.equal(list.requests(), 1, code);
  }
  const { list } = await connected(t, (_, response) => refuse(response, 403, 'AccessDenied'), {
    hasVersions: true,
  });
  await t.rejects(list.page({ prefix: '' }), { message: /s3:ListBucketVersions/ });
});

t.test('a bucket in another Region is found there, and its Region is known', async (t) => {
  const region = { 'x-amz-bucket-region': 'eu-west-1' };
  for (const first of [
    fault(301, 'PermanentRedirect', '', region),
    fault(400, 'AuthorizationHeaderMalformed', '<Region>eu-west-1</Region>'),
  ]) {
    const { list, sent } = answered(t, [first, { headers: region }]);
    t.equal((await list.page({ prefix: '' })).batch.rows, 1);
    t.same(
      sent.map(({ host, region }) => [host, region]),
      [
        ['lake.s3.us-east-1.amazonaws.com', 'us-east-1'],
        ['lake.s3.eu-west-1.amazonaws.com', 'eu-west-1'],
      ],
    );
    t.match(sent[1]?.headers.authorization, '/eu-west-1/s3/aws4_request');
    t.equal(list.bucketRegion(), 'eu-west-1');
    await list.page({ prefix: '' });
    t.equal(sent[2]?.region, 'eu-west-1', 'the next page goes there at once');
  }
});

t.test('a bucket whose name is not known everywhere yet is followed, within AWS only', async (t) => {
  const to = (location: string) => fault(307, 'TemporaryRedirect', '', { location });
  const { list, sent } = answered(t, [to('https://lake.s3-us-west-2.amazonaws.com/?list-type=2'), {}]);
  await list.page({ prefix: '' });
  t.equal(sent[1]?.host, 'lake.s3-us-west-2.amazonaws.com');
  const elsewhere = answered(t, [to('https://example.com/')]);
  await t.rejects(elsewhere.list.page({ prefix: '' }), { code: 'STORE_FAILED' });
  t.equal(elsewhere.sent.length, 1);
  const round = answered(t, [
    to('https://lake.s3-us-west-2.amazonaws.com/'),
    to('https://lake.s3-us-west-1.amazonaws.com/'),
    to('https://lake.s3-us-west-2.amazonaws.com/'),
  ]);
  await t.rejects(round.list.page({ prefix: '' }), { code: 'STORE_FAILED' });
  t.equal(round.sent.length, 3, 'not for ever');
});

t.test('a clock that is wrong is corrected by the server', async (t) => {
  const then = new Date(Date.now() + 3_600_000);
  const { list, sent } = answered(t, [
    fault(403, 'RequestTimeTooSkewed', `<ServerTime>${then.toISOString()}</ServerTime>`),
    {},
  ]);
  await list.page({ prefix: '' });
  const stamp = sent[1]?.headers['x-amz-date'] ?? '';
  const signedAt = stamp.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5');
  t.ok(Math.abs(Date.parse(signedAt) - then.getTime()) < 60_000, stamp);
  const stubborn = answered(t, [fault(403, 'RequestTimeTooSkewed', '', { date: then.toUTCString() })]);
  await t.rejects(stubborn.list.page({ prefix: '' }), { code: 'CREDENTIALS_UNUSABLE' });
  t.equal(stubborn.sent.length, 3);
});

t.test('credentials that have expired are fetched anew, once for all streams', async (t) => {
  let key = 1;
  let fetched = 0;
  withCredentials(t);
  const client = createS3Client({ region: 'us-east-1' });
  const provider = async (how?: { readonly forceRefresh?: boolean }) => {
    if (how?.forceRefresh) {
      fetched += 1;
      await new Promise((resolve) => setImmediate(resolve));
      key += 1;
    }
    return { accessKeyId: `KEY${key}`, secretAccessKey: 'secret' };
  };
  Object.defineProperty(client.config, 'credentials', { value: provider });
  const used: string[] = [];
  const both = openListClient({
    bucket: sdkBucket('lake', client),
    pause,
    transport: {
      send: async (_target, { headers, read }) => {
        const name = /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1] ?? '';
        used.push(name);
        const {
          status,
          headers: said,
          xml,
        } = name === 'KEY1'
          ? fault(400, 'ExpiredToken')
          : { status: 200, headers: {}, xml: `<ListBucketResult>${whole}</ListBucketResult>` };
        return read({ status, headers: said, body: [Buffer.from(xml)] });
      },
      close: () => undefined,
    },
  });
  await Promise.all([both.page({ prefix: 'a' }), both.page({ prefix: 'b' })]);
  t.same(used.sort(), ['KEY1', 'KEY1', 'KEY2', 'KEY2']);
  t.equal(fetched, 1);
});

t.test('without credentials or a Region nothing is sent', async (t) => {
  const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
  const { list, sent } = answered(t, [{}], none);
  await t.rejects(list.page({ prefix: '' }), { code: 'CREDENTIALS_MISSING' });
  t.same(sent, []);
  t.equal(list.requests(), 0);
});
