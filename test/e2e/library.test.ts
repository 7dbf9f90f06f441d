/** What another program sees when it imports the built package by its name. */
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { root } from './bucketwise.js';

const evaluated = (source: string): string =>
  execFileSync(process.execPath, ['--input-type=module', '-e', source], { cwd: root, encoding: 'utf8' });

t.test('a month is priced through the package, and an error carries its code', async (t) => {
  const said = evaluated(`
    import { BucketwiseError, createApp, createWorld } from 'bucketwise';
    const app = createApp(createWorld({ environment: {} }));
    const usage = { region: 'us-east-1', month: '2026-11', requests: [{ class: 'STANDARD', put: 100000 }] };
    const { value } = await app.cost({ usage });
    console.log(value.total);
    await app.cost({ usage: { ...usage, region: 'us-east-9' } }).catch((error) => {
      console.log(error instanceof BucketwiseError, error.code);
    });
  `);
  t.equal(said, '0.5\ntrue REGION_UNKNOWN\n');
});

t.test('only the package itself can be imported, nothing inside of it', async (t) => {
  t.equal(
    evaluated("await import('bucketwise/dist/app.js').catch(({ code }) => console.log(code));"),
    'ERR_PACKAGE_PATH_NOT_EXPORTED\n',
  );
  t.same(
    JSON.parse(evaluated("console.log(JSON.stringify(Object.keys(await import('bucketwise')).sort()));")),
    ['BucketwiseError', 'createApp', 'createWorld'],
  );
});
