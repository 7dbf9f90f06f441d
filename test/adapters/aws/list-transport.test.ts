import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import t, { type Test } from 'tap';
import type { ListAnswer } from '../../../src/adapters/aws/list-connection.js';
import { openTransport } from '../../../src/adapters/aws/list-transport.js';

interface Heard {
  readonly requests: string[];
  connections: number;
  /** Of them. */
  open: number;
}

/** A server of bytes: what it says to each request, counted from 1, over whatever connection it comes. */
async function served(
  t: Test,
  say: (socket: Socket, number: number) => void,
  { tls, nearMs = 0 }: { tls?: { key: string; cert: string }; nearMs?: number } = {},
) {
  const heard: Heard = { requests: [], connections: 0, open: 0 };
  const onConnection = (socket: Socket): void => {
    heard.connections += 1;
    heard.open += 1;
    socket.on('close', () => {
      heard.open -= 1;
    });
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        heard.requests.push(text.slice(0, end));
        text = text.slice(end + 4);
        say(socket, heard.requests.length);
      }
    });
  };
  const server = tls ? createTlsServer(tls, onConnection) : createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const transport = openTransport({ silenceMs: 2000, nearMs });
  t.teardown(() => {
    transport.close();
    server.close();
  });
  const target = {
    ...{ protocol: tls ? 'https:' : 'http:', host: `127.0.0.1:${port}`, hostname: '127.0.0.1', port },
    ...{ path: '/lake', region: 'r' },
  };
  const ask = (more: { signal?: AbortSignal; path?: string; end?: string; token?: string } = {}) =>
    transport.send(target, {
      ...{ pathAndQuery: more.path ?? '/lake?a=1', read: textOf },
      headers: { host: target.host, 'x-a': more.token ?? 'b' },
      signal: more.signal,
      ...(more.end !== undefined && { end: more.end }),
    });
  return { ask, heard };
}

const textOf = ({ status, headers, body }: ListAnswer) => ({
  ...{ status, headers: { ...headers }, body: Buffer.concat(body).toString() },
});
const counted = (body: string, more = ''): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;
const chunked = (chunks: readonly string[], trailer = ''): string =>
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.map((one) => `${one.length.toString(16)};x=y\r\n${one}\r\n`).join('')}0\r\n${trailer}\r\n`;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test(
  'answers follow each other over one connection, whatever their form and the pieces they come in',
  async (t) => {
    const long = 'abcdefghij'.repeat(70_000);
    const answers: readonly (readonly [string, string])[] = [
      [counted('one', 'X-Amz-Bucket-Region:  eu-west-1 \r\nx-amz-bucket-region: other\r\n'), 'one'],
      [chunked(['two', ' and ', 'more'], 'X-Sum: 1\r\nX-B: 2\r\n'), 'two and more'],
      [`HTTP/1.1 100 Continue\r\n\r\n${counted('three')}`, 'three'],
      ['HTTP/1.1 204 No Content\r\n\r\n', ''],
      [counted(''), ''],
      [counted(long), long],
      [chunked([long, long]), long + long],
      [counted('last'), 'last'],
    ];
    for (const size of [1, 7, 50_000, Number.POSITIVE_INFINITY]) {
      const wanted = size < 100 ? answers.filter(([text]) => text.length < 1000) : answers;
      const { ask, heard } = await served(t, async (socket, number) => {
        const bytes = Buffer.from(wanted[number - 1]![0], 'latin1');
        for (let at = 0; at < bytes.length; at += size) {
          socket.write(bytes.subarray(at, at + size));
          await turn();
        }
      });
      for (const [, body] of wanted) {
        const answer = await ask();
        t.ok(answer.body === body, `${size}: ${answer.body.slice(0, 40)}`);
      }
      t.equal(heard.connections, 1);
      t.equal(heard.requests[0]?.split('\r\n')[0], 'GET /lake?a=1 HTTP/1.1');
      t.match(heard.requests[0], /\r\nx-a: b$/);
    }
  },
);

t.test('headers are given by small names, the first of several', async (t) => {
  const { ask } = await served(t, (socket) =>
    socket.write(counted('x', 'X-Amz-Bucket-Region:  eu-west-1 \r\nx-amz-bucket-region: other\r\n')),
  );
  t.same((await ask()).headers, { 'content-length': '1', 'x-amz-bucket-region': 'eu-west-1' });
});

t.test(
  'a connection that the server ends, or that holds more than was asked for, is not used again',
  async (t) => {
    for (const text of [
      counted('x', 'Connection: close\r\n'),
      `HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx`,
      `${counted('x')}${counted('y')}`,
      `HTTP/1.1 200 OK\r\nContent-Length: 9\r\n${chunked(['x']).slice('HTTP/1.1 200 OK\r\n'.length)}`,
    ]) {
      const { ask, heard } = await served(t, (socket) => socket.write(text));
      t.equal((await ask()).body, 'x');
      t.equal((await ask()).body, 'x');
      t.equal(heard.connections, 2, text);
    }
  },
);

/** An answer in chunks that is yet to be ended. */
const unended = (body: string): string => chunked([body]).slice(0, -'0\r\n\r\n'.length);
const list = '<list></list>';
const end = '</list>';
/** With some turns of the loop, so that what was written meanwhile is read. */
const sleep = async (ms: number): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  for (let i = 0; i < 4; i++) await turn();
};

t.test('a body does not wait long for the server to say that it is all', async (t) => {
  const { ask, heard } = await served(t, (socket, number) => {
    socket.write(unended(`<list>${'k'.repeat(100_000 + number)}</list>`));
    // As with Nagle's algorithm, but for as long as it takes.
    if (number === 3) socket.end();
  });
  for (let number = 1; number <= 2; number++)
    t.equal((await ask({ end })).body.length, 100_000 + number + list.length, `page ${number}`);
  t.equal(heard.connections, 2, 'a request is not sent before the answer to the one before is ended');
  await t.rejects(ask({ end }), { code: 'ECONNRESET' }, 'what the server breaks off is not taken');
  await t.rejects(ask({ end: '</other>' }), { code: 'ETIMEDOUT' }, 'nor what does not end as it should');
});

t.test('when the end of such an answer has come its connection is used again', async (t) => {
  for (const [rest, connections] of [
    ['0\r\n\r\n', 1],
    ['0\r\nx-sum: 1\r\n\r\n', 1],
    ['1\r\nk\r\n0\r\n\r\n', 2],
    ['0\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n', 2],
    [`0\r\n\r\n${counted('x')}`, 2],
  ] as const) {
    const { ask, heard } = await served(t, (socket, number) => {
      if (number === 1) {
        socket.write(unended(list));
        setTimeout(() => socket.write(rest), 40);
      } else socket.write(counted('next'));
    });
    t.equal((await ask({ end })).body, list);
    await sleep(80);
    t.equal((await ask({ end })).body, 'next');
    t.equal(heard.connections, connections, JSON.stringify(rest));
  }
});

t.test('where many answers are not ended the next is waited for to its end', async (t) => {
  let isEnded = false;
  const { ask, heard } = await served(t, async (socket, number) => {
    socket.write(unended(list));
    if (number <= 64) return;
    await sleep(60);
    isEnded = true;
    socket.write('0\r\n\r\n');
  });
  for (let i = 0; i < 64; i++) t.equal((await ask({ end })).body, list);
  t.equal(isEnded, false);
  t.equal((await ask({ end })).body, list);
  t.equal(isEnded, true);
  t.equal((await ask({ end })).body, list);
  t.equal(heard.connections, 65);
});

t.test('a connection does not hold on to what was taken from it', async (t) => {
  const long = `<list>${'k'.repeat(12 << 20)}</list>`;
  const { ask, heard } = await served(t, (socket) => {
    socket.write(unended(long), () => setTimeout(() => socket.write('0\r\n\r\n'), 20));
  });
  // Together more than any answer may be.
  for (let i = 0; i < 12; i++) {
    t.ok((await ask({ end })).body === long);
    await sleep(35);
  }
  t.ok(heard.connections <= 2, `${heard.connections} connections`);
});

t.test('a body that goes on behind what looked like its end is read to its end', async (t) => {
  const { ask, heard } = await served(t, async (socket) => {
    socket.write(unended(list));
    for (let i = 0; i < 3; i++) await turn();
    socket.write('2\r\n<k');
    await sleep(20);
    socket.write('\r\n0\r\n\r\n');
  });
  // Where the second piece comes within the time that is waited; a slow machine may take the first alone, which then ends its connection.
  const bodies = await Promise.all([1, 2, 3, 4].map(async () => (await ask({ end })).body));
  t.ok(bodies.every((body) => body === `${list}<k` || body === list));
  t.ok(bodies.includes(`${list}<k`));
  t.equal(heard.requests.length, 4);
});

t.test('a connection whose answer is not ended yet may break or be closed', async (t) => {
  const sockets: Socket[] = [];
  const { ask, heard } = await served(t, (socket, number) => {
    sockets.push(socket);
    socket.write(number < 4 ? unended(list) : counted('x'));
  });
  for (let i = 0; i < 3; i++) t.equal((await ask({ end })).body, list);
  t.equal(heard.connections, 3);
  sockets[0]!.end();
  sockets[1]!.resetAndDestroy();
  sockets[2]!.write('0\r\n\r\n');
  await sleep(40);
  t.equal((await ask()).body, 'x');
  t.equal(heard.connections, 3, 'the one whose answer ended');
});

t.test('a request that is given up while the end of its answer is waited for ends at once', async (t) => {
  const stop = new AbortController();
  const { ask } = await served(t, (socket) => {
    socket.write(unended(list));
    setTimeout(() => stop.abort(), 1);
  });
  const answer = await ask({ end, signal: stop.signal }).catch(({ code }: { code: string }) => code);
  t.ok(answer === 'ABORT_ERR' || (typeof answer === 'object' && answer.body === list));
  await sleep(20);
  await t.rejects(ask({ end, signal: stop.signal }), { code: 'ABORT_ERR' });
});

t.test('an answer that no one asked for ends its connection, whenever it comes', async (t) => {
  for (const unasked of [counted(''), 'HTTP/1.1 103 Early Hints\r\n\r\n', 'x']) {
    const { ask, heard } = await served(t, (socket, number) => {
      socket.write(counted(`${number}`));
      if (number === 1) setTimeout(() => socket.write(unasked), 20);
    });
    t.equal((await ask()).body, '1');
    await sleep(40);
    t.equal((await ask()).body, '2');
    t.equal(heard.connections, 2, JSON.stringify(unasked));
  }
});

t.test('of several requests at once each has a connection of its own, which is used again', async (t) => {
  const { ask, heard } = await served(t, (socket, number) =>
    setTimeout(() => socket.write(counted(`${number}`)), 10),
  );
  t.equal((await ask()).body, '1');
  for (let i = 0; i < 3; i++) {
    const bodies = (await Promise.all([ask(), ask()])).map(({ body }) => Number(body));
    t.same(bodies.toSorted(), [2 * i + 2, 2 * i + 3]);
  }
  t.equal(heard.connections, 2);
});

/** Any server on this machine is near then. */
const nearMs = 10_000;

t.test(
  'to a near server each of few requests has a new connection, and the old ones are closed',
  async (t) => {
    const { ask, heard } = await served(t, (socket, number) => socket.write(counted(`${number}`)), {
      nearMs,
    });
    for (let i = 1; i <= 10; i++) t.equal((await ask()).body, `${i}`);
    await sleep(20);
    t.same([heard.connections, heard.open], [10, 1]);
    for (let i = 0; i < 5; i++) await Promise.all([ask(), ask(), ask(), ask()]);
    await sleep(20);
    t.same([heard.connections, heard.open], [30, 4]);
  },
);

t.test('where many requests are under way connections to a near server are used again', async (t) => {
  const open: (() => void)[] = [];
  const { ask, heard } = await served(
    t,
    (socket, number) => {
      if (number > 4) socket.write(counted(`${number}`));
      else open.push(() => socket.write(counted('late')));
    },
    { nearMs },
  );
  const late = Promise.all(Array.from({ length: 4 }, () => ask()));
  for (let i = 5; i < 10; i++) t.equal((await ask()).body, `${i}`);
  t.equal(heard.connections, 5);
  for (const answer of open) answer();
  await late;
});

t.test('a thousand connections are opened to a near server, and then used again', async (t) => {
  const { ask, heard } = await served(t, (socket, number) => socket.write(counted(`${number}`)), { nearMs });
  for (let i = 1; i <= 1010; i++) await ask();
  t.equal(heard.connections, 1000);
});

t.test('a connection to a near server whose answer is not ended is left to its end', async (t) => {
  const { ask, heard } = await served(
    t,
    (socket, number) => {
      socket.write(unended(list));
      if (number === 1) setTimeout(() => socket.write('0\r\n\r\n'), 60);
    },
    { nearMs },
  );
  t.equal((await ask({ end })).body, list);
  t.equal((await ask({ end })).body, list);
  t.same([heard.connections, heard.open], [2, 2], 'it is not cut off');
  await sleep(80);
  t.equal((await ask({ end })).body, list);
  await sleep(20);
  t.same([heard.connections, heard.open], [3, 2], 'and closed when it is ended');
});

t.test('an answer without a length ends with its connection, and with nothing else', async (t) => {
  const { ask } = await served(t, async (socket, number) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\nall of it');
    // A reset that comes with the bytes looks like an end to Node.
    for (let i = 0; i < 20; i++) await turn();
    if (number === 1) socket.end();
    else socket.resetAndDestroy();
  });
  t.equal((await ask()).body, 'all of it');
  await t.rejects(ask(), { code: 'ECONNRESET' });
});

t.test('what is cut off or no HTTP is an error that may be tried again, never a short answer', async (t) => {
  const whole = counted('0123456789');
  for (const text of [
    ...['', 'HTTP/1.1 2', whole.slice(0, -1), chunked(['abc']).slice(0, -2), chunked(['abc']).slice(0, -7)],
    ...['SSH-2.0-x\r\n\r\n', 'HTTP/1.1 999 No\r\n\r\n', 'HTTP/1.1 200 OK\r\nno header\r\n\r\n'],
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy',
    'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n',
    `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`,
    'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  ]) {
    const { ask, heard } = await served(t, (socket, number) =>
      number === 1 ? socket.end(text) : socket.write(whole),
    );
    await t.rejects(ask(), { code: /^(?:ECONNRESET|EPROTO)$/ }, text.slice(0, 80));
    t.equal((await ask()).body, '0123456789');
    t.equal(heard.connections, 2);
  }
});

t.test('a request that is given up ends at once, and its connection with it', async (t) => {
  const stop = new AbortController();
  const { ask, heard } = await served(t, (socket, number) => {
    if (number === 1) setImmediate(() => stop.abort());
    else socket.write(counted('x'));
  });
  await t.rejects(ask({ signal: stop.signal }), { code: 'ABORT_ERR' });
  await t.rejects(ask({ signal: stop.signal }), { code: 'ABORT_ERR' }, 'before it is begun');
  t.equal((await ask()).body, 'x');
  t.equal(heard.requests.length, 2);
});

t.test('nothing is sent that would end a line of the request', async (t) => {
  const { ask, heard } = await served(t, (socket) => socket.write(counted('x')));
  await t.rejects(ask({ path: '/lake HTTP/1.1\r\nx: y' }), { code: 'ERR_UNESCAPED_CHARACTERS' });
  for (const token of ['b\r\nx: y', 'b\n', 'b\0', 'b\x7f', 'Ā'])
    await t.rejects(ask({ token }), { code: 'ERR_INVALID_CHAR', message: /^header x-a / });
  t.same(heard.requests, []);
  await ask({ token: 'b\t ~\x80\xff' });
  t.match(heard.requests, [/\r\nx-a: b\t ~/]);
});

t.test('over TLS a server is asked only when its certificate is good', async (t) => {
  // Made for this test, of no worth elsewhere: for 127.0.0.1, signed by itself.
  const made = join(import.meta.dirname, '..', '..', 'fixtures', 'tls');
  const pair = {
    key: readFileSync(join(made, 'key.pem'), 'utf8'),
    cert: readFileSync(join(made, 'cert.pem'), 'utf8'),
  };
  const long = 'secret'.repeat(100_000);
  const { ask, heard } = await served(t, (socket) => socket.write(chunked([long])), { tls: pair, nearMs });
  await t.rejects(ask(), { code: /CERT/ });
  t.same(heard.requests, []);
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  t.teardown(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
  });
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  t.equal((await ask()).body, long);
  const { connections } = heard;
  t.equal((await ask()).body, long);
  t.equal(heard.requests.length, 2);
  t.equal(heard.connections, connections, 'near as it is, for a new one would cost more');
});
