/** Which texts OpenCSVSerDe would change, and why they are refused. */
import t from 'tap';
import { traitScanner } from '../../../src/compaction/csv-traits.js';
import { readable, type Text } from '../../../src/compaction/sql/readable.js';

function text(key: string, content: string, size = Buffer.byteLength(content), header = true): Text {
  const scanner = traitScanner({ header, delimiter: ',' });
  scanner.take(new TextEncoder().encode(content));
  return { source: { key, size, etag: 'e' }, traits: scanner.end() };
}
const csv = { header: true };

t.test('lone backslashes are kept, because the escape is a character that does not occur', async (t) => {
  t.same(readable([text('a', 'x,y\n\\,\u0001b\n')], csv), { ok: true, escape: '\u0002', emptyIs: 'null' });
  const all = text('a', 'x\n\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\n');
  t.match(readable([all], csv), { ok: false, why: /every control character/ });
});

t.test('"" and nothing are two things only where one of them does not occur', async (t) => {
  const nothing = text('a.csv', 'x,y\n1,\n');
  const empty = text('b.csv', 'x,y\n1,""\n');
  t.match(readable([nothing], csv), { ok: true, emptyIs: 'null' });
  t.match(readable([empty], csv), { ok: true, emptyIs: 'empty' });
  t.match(readable([nothing, empty], csv), { ok: false, why: /^b\.csv, line 2 holds "" and a\.csv, line 2/ });
});

t.test('a byte order mark before a header goes with it; before data it would become data', async (t) => {
  t.match(readable([text('a', '\ufeffx\n1\n')], csv), { ok: true });
  const why = /^a begins with a byte order mark/;
  t.match(readable([text('a', '\ufeff1\n', undefined, false)], { header: false }), { ok: false, why });
});

t.test('compression goes by the name alone', async (t) => {
  t.match(readable([text('a.csv.gz', 'x\n1\n', 24)], csv), { ok: true });
  t.match(readable([text('a.csv', 'x\n1\n', 24)], csv), { ok: false, why: /^a\.csv is compressed/ });
  for (const key of ['a.gz', 'a.bz2', 'a.snappy'])
    t.match(readable([text(key, 'x\n1\n')], csv), { ok: false, why: /is not compressed, though its name/ });
});
