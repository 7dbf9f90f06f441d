// Starts a real S3 server and a real Trino on loopback, runs the suites under test/servers, and ends both by their ids.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { installS3Server, startS3Server } from './servers/s3.mjs';
import { installTrino, startTrino, trinoMissing } from './servers/trino.mjs';

const root = new URL('..', import.meta.url);
const folder = new URL('test/servers/', root);
/** `npm run test:servers -- trino` runs the suites whose names begin so. */
const wanted = process.argv.slice(2);
const missing = trinoMissing();
// What CI cannot run is a failure there; a laptop is told what was left out.
if (missing && process.env.CI) throw new Error(missing);
if (missing) process.stderr.write(`Left out: the suites of Trino. ${missing}.\n`);
const suites = readdirSync(folder).filter(
  (name) =>
    name.endsWith('.test.ts') &&
    !(missing && name.startsWith('trino')) &&
    (wanted.length === 0 || wanted.some((start) => name.startsWith(start))),
);
const needsTrino = suites.some((name) => name.startsWith('trino'));

await installS3Server();
if (needsTrino) await installTrino({ onFetch: () => process.stderr.write('fetching Trino (450 MB)\n') });
const server = await startS3Server();
process.stderr.write(`S3 server at ${server.endpoint}\n`);
let trino;
try {
  trino = needsTrino ? await startTrino(server) : undefined;
  if (trino) process.stderr.write(`Trino ${trino.version} on Java ${trino.java} at ${trino.url}\n`);
  process.exitCode = await run(suites.map((name) => `test/servers/${name}`));
} finally {
  await trino?.stop();
  await server.stop();
}

/** The exit code of tap over the files. */
function run(files) {
  const child = spawn(process.execPath, ['node_modules/tap/dist/esm/run.mjs', ...files], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      BUCKETWISE_S3_ENDPOINT: server.endpoint,
      AWS_ACCESS_KEY_ID: server.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
      AWS_REGION: server.region,
      ...(trino ? { BUCKETWISE_TRINO_URL: trino.url, BUCKETWISE_TRINO_FOLDER: trino.dir } : {}),
    },
  });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}
