// Starts a real S3 server on loopback, runs the suites under test/servers against it, and ends it by its id.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { installS3Server, startS3Server } from './servers/s3.mjs';

const root = new URL('..', import.meta.url);
const folder = new URL('test/servers/', root);
const suites = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));

await installS3Server();
const server = await startS3Server();
process.stderr.write(`S3 server at ${server.endpoint}\n`);
try {
  process.exitCode = await run(suites.map((name) => `test/servers/${name}`));
} finally {
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
    },
  });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}
