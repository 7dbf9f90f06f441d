/** Needs no server, only time: the driven sequences find out the code that lacks a rule, and find nothing in the code as it is. */
import t from 'tap';
import { codeWeakenings, sound } from '../protocol/code-weakenings.js';
import { faultOf } from '../protocol/driven.js';

t.setTimeout(600_000);
t.jobs = 2;

for (const { name, fault } of codeWeakenings)
  t.test(`the code without its rule is found out: ${name}`, { timeout: 500_000 }, async (t) => {
    const found = await faultOf(name, 600);
    t.comment(found ?? 'nothing was found');
    t.match(found, fault);
  });

t.test('the same sequences find nothing in the code as it is', { timeout: 500_000 }, async (t) => {
  t.equal(await faultOf(sound.name, 300), undefined);
});
