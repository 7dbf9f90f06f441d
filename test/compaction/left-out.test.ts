/** An engine that reads whole objects is told which rows to leave out in words that hold for them and for no other. */
import t from 'tap';
import { leftOutOf } from '../../src/compaction/left-out.js';
import type { Column } from '../../src/compaction/schema.js';
import type { HourValues } from '../../src/compaction/source-values.js';
import { valueScan } from '../../src/compaction/values/value-scan.js';

const columns: readonly Column[] = [
  { name: 'id', type: 'bigint' },
  { name: 'town', type: 'string' },
];
function valuesOf(...texts: string[]): HourValues {
  const sources = texts.map((text, at) => {
    const scan = valueScan({
      ...{ columns, textRule: 'equivalent', fractionDigits: 3, digests: false, delimiter: ',' },
      arrange: () => ({ ok: true, slots: [0, 1] }),
      aside: { mostRecords: 100, room: 1 << 20 },
    });
    scan.take(new TextEncoder().encode(`id,town\n${text}`));
    const result = scan.end();
    if (!result.ok) throw new Error(result.why);
    return { source: { key: `${at}.csv`, size: 1, etag: 'e' }, file: result.file };
  });
  return { schema: { columns, header: 'names', textRule: 'equivalent', from: 'config' }, sources };
}

t.test('what does not fit is named by column and text, each once, whichever file it stands in', async (t) => {
  t.equal(leftOutOf(valuesOf('1,Ulm\n', ',x\n'), ','), undefined);
  t.same(leftOutOf(valuesOf('two,Ulm\n1,x\n"12,7",y\n', 'two,x\nit\'s "" not,z\n'.replace('"" ', '')), ','), {
    values: [{ column: 'id', texts: ['12,7', "it's not", 'two'] }],
    otherWidths: false,
  });
  t.same(leftOutOf(valuesOf('1,a,b\n', '2\n'), ','), { values: [], otherWidths: true });
});
