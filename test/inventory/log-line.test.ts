import t from 'tap';
import { emptyLine, readLine } from '../../src/inventory/log-line.js';

/** Bytes that count how often they are looked at. */
function countedBytes(text: string): { readonly bytes: Uint8Array; readonly looks: () => number } {
  let looks = 0;
  const bytes = new Proxy(Buffer.from(text), {
    get(target, name) {
      looks += 1;
      return Reflect.get(target, name);
    },
  });
  return { bytes, looks: () => looks };
}

const head = 'owner lake [22/Nov/2026:05:00:00 +0000] 1.2.3.4 me ID1 REST.GET.OBJECT a/x ';

t.test(
  'a damaged line is looked at a few times and no more, however many ends of its URI it may have',
  async (t) => {
    for (const [again, tail] of [
      ['" 200 - 1 2 3 4 -', 'x'.repeat(30_000)],
      ['" 200 - 1 2 3 4 "', 'x '.repeat(15_000)],
      ['" 200 - 1 2 3 4 -', '"'],
      ['" 200 ', `${'x'.repeat(30_000)}" `],
    ] as const) {
      const text = `${head}"${again.repeat(2000)}${tail}`;
      const { bytes, looks } = countedBytes(text);
      readLine(bytes, 0, text.length, emptyLine());
      t.ok(looks() < 20 * text.length, `${looks()} looks at ${text.length} bytes`);
    }
  },
);

t.test('the URI ends at the first quote that a status and its numbers follow', async (t) => {
  const line = emptyLine();
  const text = `${head}"GET /a/x?q=" 2" HTTP/1.1" 200 - 10 20 5 4 "-" "say "hi" 1" - host`;
  t.ok(readLine(Buffer.from(text), 0, text.length, line));
  t.equal(text.slice(line.uriStart, line.uriEnd), 'GET /a/x?q=" 2" HTTP/1.1');
  t.equal(line.bytesSent, 10);
});
