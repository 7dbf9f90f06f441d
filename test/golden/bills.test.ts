/** Every bill in test/golden/bills, line for line and to the last digit, from the document as a user writes it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { createApp } from '../../src/app.js';
import { createWorld } from '../../src/world.js';

interface Golden {
  readonly name: string;
  readonly source: string;
  readonly usage: object;
  readonly lines: readonly (readonly [usageType: string, operation: string, how: string, amount: string])[];
  readonly total: string;
}

const folder = join(import.meta.dirname, 'bills');
const app = createApp(createWorld({ environment: {} }));
const bills = readdirSync(folder).flatMap((file) =>
  (parse(readFileSync(join(folder, file), 'utf8')) as Golden[]).map((bill) => ({ file, ...bill })),
);

t.ok(bills.length >= 40, 'there are at least forty');

for (const { file, name, source, usage, lines, total } of bills)
  t.test(`${file}: ${name}`, async (t) => {
    t.not(source.trim(), '', 'it says where it comes from');
    const { value } = await app.cost({ usage });
    t.same(
      value.lines.map((line) => [line.usageType, line.operation, line.amount.toString()]),
      lines.map(([usageType, operation, , amount]) => [usageType, operation, amount]),
    );
    t.equal(value.total.toString(), total);
  });
