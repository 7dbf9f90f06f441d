import t from 'tap';
import { startScheduler } from '../../src/schedule/scheduler.js';

const idle = async () => undefined;
const none = () => undefined;

t.test('a job at five past the hour comes next at five past, in UTC', async (t) => {
  const scheduler = startScheduler([{ name: 'clicks', cron: '5 * * * *', run: idle }], none);
  t.teardown(() => scheduler.stop());
  const at = new Date(scheduler.next().get('clicks') ?? 0);
  t.equal(at.getUTCMinutes(), 5);
  t.equal(at.getUTCSeconds(), 0);
});

t.test('a job runs, never beside itself, and goes on after a failure', async (t) => {
  const ran: string[] = [];
  let running = 0;
  await new Promise<void>((resolve) => {
    const scheduler = startScheduler(
      [
        {
          name: 'each second',
          cron: '* * * * * *',
          run: async () => {
            running += 1;
            t.equal(running, 1, 'alone');
            await new Promise((done) => setTimeout(done, 20));
            running -= 1;
            throw new Error('the store was away');
          },
        },
      ],
      (name, error) => {
        ran.push(`${name}: ${(error as Error).message}`);
        if (ran.length < 2) return;
        scheduler.stop();
        resolve();
      },
    );
  });
  t.same(ran, ['each second: the store was away', 'each second: the store was away']);
});

t.test('a stopped scheduler has no next tick', async (t) => {
  const scheduler = startScheduler([{ name: 'clicks', cron: '5 * * * *', run: idle }], none);
  scheduler.stop();
  t.equal(scheduler.next().size, 0);
});

t.test('an unreadable cron expression is refused with the job it belongs to', async (t) => {
  t.throws(() => startScheduler([{ name: 'clicks', cron: 'hourly', run: idle }], none), {
    code: 'CONFIG_INVALID',
    message: 'schedule: clicks: "hourly" is not a cron expression.',
  });
});

t.test('what was missed is caught up at once, of the jobs named, and a failure is reported', async (t) => {
  const ran: string[] = [];
  const failed: string[] = [];
  const job = (name: string) => ({
    name,
    cron: '0 0 1 1 *',
    run: async () => {
      ran.push(name);
      throw new Error('away');
    },
  });
  const scheduler = startScheduler([job('a'), job('b')], (name) => failed.push(name));
  t.teardown(() => scheduler.stop());
  scheduler.catchUp(['b']);
  await new Promise((done) => setTimeout(done, 20));
  t.same(ran, ['b']);
  t.same(failed, ['b']);
});
