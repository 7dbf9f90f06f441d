/** How the server stops: what is under way ends first, and nobody who only holds a connection can keep it. */
import { once } from 'node:events';
import { Agent, get, request } from 'node:http';
import { connect } from 'node:net';
import t from 'tap';
import { createApp } from '../../../src/app.js';
import { buildServer } from '../../../src/entry/http/server.js';
import { createWorld } from '../../../src/world.js';

const app = createApp(createWorld({ environment: {} }));
const none = {
  lines: () => [],
  partitions: () => Promise.reject(new Error('none')),
  catchUp: () => undefined,
  stop: async () => undefined,
};
const body = JSON.stringify({ region: 'us-east-1', month: '2026-11', storage: [] });

async function listening(drainMs?: number) {
  const server = await buildServer(app, none, '0.0.0', () => undefined, drainMs);
  await server.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.server.address() as { port: number };
  return { server, at: { port, host: '127.0.0.1' } };
}

/** A request whose body has come in half. */
function half(at: object) {
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const sent = request({ ...at, path: '/v1/cost', method: 'POST', headers });
  sent.write(body.slice(0, 10));
  const status = new Promise<number | string>((resolve) => {
    sent.on('response', (answer) => resolve(answer.resume().statusCode ?? 0));
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
  return { status, rest: () => sent.end(body.slice(10)) };
}

const soon = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

t.test('a request under way is answered, silent and idle connections do not hold the stop up', async (t) => {
  const { server, at } = await listening();
  const silent = connect(at.port, at.host);
  const agent = new Agent({ keepAlive: true });
  await new Promise((resolve) =>
    get({ ...at, path: '/livez', agent }, (answer) => answer.resume().on('end', resolve)),
  );
  const met = once(server.server, 'request');
  const slow = half(at);
  await met;
  const began = Date.now();
  const closed = server.close();
  await soon(100);
  slow.rest();
  t.equal(await slow.status, 200);
  await closed;
  t.ok(Date.now() - began < 5000, `stopped after ${Date.now() - began} ms`);
  silent.destroy();
  agent.destroy();
});

t.test('a request that never ends is cut off', async (t) => {
  const { server, at } = await listening(200);
  const met = once(server.server, 'request');
  const stuck = half(at);
  await met;
  await server.close();
  t.equal(await stuck.status, 'ECONNRESET');
});
