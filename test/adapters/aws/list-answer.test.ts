import fc from 'fast-check';
import t from 'tap';
import {
  begin,
  bodyOf,
  createInflow,
  ended,
  endsWith,
  type Inflow,
  received,
  room,
} from '../../../src/adapters/aws/list-answer.js';

/** Puts one piece where the flow has room for it; whether the answer is whole. */
function put(flow: Inflow, piece: Buffer): boolean {
  let isWhole = false;
  for (let at = 0; at < piece.length && !isWhole; ) {
    const place = room(flow);
    const bytes = piece.copy(place, 0, at);
    isWhole = received(flow, bytes);
    at += bytes;
  }
  return isWhole;
}

function answerOf(text: string, flow = createInflow()) {
  const isWhole = put(flow, Buffer.from(text, 'latin1'));
  return { isWhole, flow, body: Buffer.concat(bodyOf(flow)).toString('latin1') };
}

const counted = (body: string, more = ''): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;
const chunkedOf = (chunks: readonly string[], trailer = ''): string =>
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.map((one) => `${one.length.toString(16)}\r\n${one}\r\n`).join('')}0\r\n${trailer}\r\n`;

const chunks = fc.array(fc.string({ minLength: 1, maxLength: 40, unit: 'binary-ascii' }), { maxLength: 6 });

t.test('an answer is the same wherever it is cut on its way', async (t) => {
  fc.assert(
    fc.property(
      chunks,
      fc.constantFrom('', 'x-checksum: 1\r\n', 'a: b\r\nc: d\r\n'),
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
      (parts, trailer, isChunked, cuts) => {
        const body = parts.join('');
        const bytes = Buffer.from(isChunked ? chunkedOf(parts, trailer) : counted(body), 'latin1');
        const flow = createInflow();
        for (let twice = 0; twice < 2; twice++) {
          let at = 0;
          for (let i = 0; at < bytes.length; i++) {
            const to = Math.min(bytes.length, at + cuts[i % cuts.length]!);
            const isWhole = put(flow, bytes.subarray(at, to));
            at = to;
            t.equal(isWhole, at === bytes.length, 'whole with its last byte, and not before');
          }
          t.equal(Buffer.concat(bodyOf(flow)).toString('latin1'), body);
          t.equal(flow.at, flow.length, 'nothing is left over');
          t.match(flow.head, { status: 200, staysOpen: true });
          begin(flow);
        }
      },
    ),
    { numRuns: 60 },
  );
});

t.test('a body is longer than any piece of it, and than the memory that was there before', async (t) => {
  const body = 'k'.repeat(3_000_000);
  const { isWhole, flow, body: read } = answerOf(counted(body));
  t.equal(isWhole, true);
  t.ok(read === body);
  t.ok(flow.buffer.length > 3_000_000);
  begin(flow);
  t.ok(flow.buffer.length < 200_000, 'what a long one took is given back');
  t.match(answerOf(chunkedOf(['b'.repeat(300_000), 'c']), flow), {
    isWhole: true,
    body: `${'b'.repeat(300_000)}c`,
  });
});

t.test('what follows an answer is no part of it', async (t) => {
  for (const text of [counted('abc'), chunkedOf(['ab', 'c'])]) {
    const { isWhole, flow, body } = answerOf(`${text}HTTP/1.1 200 OK\r\n`);
    t.equal(isWhole, true);
    t.equal(body, 'abc');
    t.equal(flow.length - flow.at, 17, 'and is seen to be there');
  }
});

const LAST = '0\r\n\r\n';
/** An answer in chunks that is yet to be ended. */
const unended = (...parts: string[]): string => chunkedOf(parts).slice(0, -LAST.length);

t.test('chunks that end as they should are all there are, and their end may come later', async (t) => {
  fc.assert(
    fc.property(
      fc.array(
        chunks.map((parts) => [...parts, '<k></list>']),
        { minLength: 1, maxLength: 4 },
      ),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(LAST, '000\r\n\r\n', '0;a=b\r\nx-sum: 1\r\ny: 2\r\n\r\n'),
      // The end of its line may come with the last chunk, or with what follows.
      fc.constantFrom('', '\r\n'),
      (answers, cuts, last, late) => {
        const rest = late + last;
        const flow = createInflow();
        for (const parts of answers) {
          const text = unended(...parts);
          const bytes = Buffer.from(text.slice(0, text.length - late.length), 'latin1');
          for (let at = 0, i = 0; at < bytes.length; i++) {
            if (at < text.length - 2) t.equal(endsWith(flow, '</list>'), false, 'not before its last chunk');
            const to = Math.min(bytes.length, at + cuts[i % cuts.length]!);
            t.equal(put(flow, bytes.subarray(at, to)), false);
            at = to;
          }
          t.equal(endsWith(flow, '</list>'), true);
          t.equal(Buffer.concat(bodyOf(flow)).toString('latin1'), parts.join(''));
          t.match(flow.head, { status: 200, staysOpen: true });
          // The socket asked for room when the last piece had come.
          const place = room(flow);
          begin(flow);
          t.equal(room(flow).byteOffset, place.byteOffset, 'what comes next is put behind it');
          for (const byte of Buffer.from(rest)) {
            t.equal(flow.isRest, true);
            t.equal(put(flow, Buffer.of(byte)), false, 'what was left is no answer');
          }
          t.same([flow.isRest, flow.at], [false, flow.length]);
          begin(flow);
        }
        t.match(answerOf(counted('more'), flow), { isWhole: true, body: 'more' });
      },
    ),
    { numRuns: 60 },
  );
});

t.test('only the end of a chunk with nothing behind it is the end of a body', async (t) => {
  const isAll = (text: string) => endsWith(answerOf(text).flow, '</list>');
  const all = unended('<list></list>');
  t.equal(isAll(all), true);
  t.equal(isAll(all.slice(0, -2)), true, 'the end of its line is yet to come');
  t.equal(isAll(unended('<list>', '<k>', '</list>')), true);
  for (const [text, why] of [
    [all.slice(0, -1), 'half of its line end is there'],
    [all.slice(0, -3), 'the chunk is not all there'],
    [`${all}0`, 'the head of another has begun'],
    [`${all}0\r\n`, 'its trailer has begun'],
    [`${all}3\r\n`, 'another chunk has begun'],
    [`${all}3\r\nab`, 'another chunk has come in part'],
    [unended('<list></list> '), 'something is behind it'],
    [unended('<list></li', 'st>'), 'it is in two pieces'],
    [unended('<list></list>', '<k>'), 'it was the end of another chunk'],
    [unended('<list></lis'), 'it is not all there'],
    [counted('<list></list>').replace(': 13', ': 14'), 'its length is known'],
    ['HTTP/1.1 200 OK\r\n\r\n<list></list>', 'no one bounds it'],
    [unended(), 'there is no body'],
  ] as const)
    t.equal(isAll(text), false, why);
});

t.test('behind an answer that was taken comes its end, and nothing else', async (t) => {
  const taken = (late = ''): Inflow => {
    const text = unended('</list>');
    const { flow } = answerOf(text.slice(0, text.length - late.length));
    begin(flow);
    return flow;
  };
  const late = '\r\n';
  t.throws(() => put(taken(late), Buffer.from('ab')), {
    code: 'EPROTO',
    message: /a chunk is longer than it says/,
  });
  t.throws(() => put(taken(late), Buffer.from(`${late}1\r\n`)), {
    code: 'EPROTO',
    message: /went on behind/,
  });
  for (const [more, why] of [
    ['3\r\nabc\r\n0\r\n\r\n', /the one before went on behind its end/],
    ['1\r\n', /the one before went on behind its end/],
    ['zz\r\n', /the length of a chunk is no number/],
    ['HTTP/1.1 200 OK\r\n', /the length of a chunk is no number/],
    [`0\r\n${'a'.repeat(65_600)}`, /its trailer is longer than 65536 bytes/],
  ] as const)
    t.throws(() => put(taken(), Buffer.from(more)), { code: 'EPROTO', message: why });
  for (const more of ['HTTP/1.1 200', 'HTTP/1.1 103 Early Hints\r\n\r\n', counted('x')]) {
    const flow = taken();
    t.equal(put(flow, Buffer.from(`${LAST}${more}`)), false);
    t.equal(flow.length - flow.at, more.length, 'and is seen to be there');
  }
});

t.test('a length that lies is found out, or never whole', async (t) => {
  t.equal(answerOf('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc').isWhole, false);
  t.equal(ended(answerOf('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc').flow), false);
  t.equal(ended(answerOf('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab').flow), false);
  t.equal(ended(answerOf('HTTP/1.1 200 OK\r\nTransfer-Enc').flow), false, 'nor is half a head');
  const chunk = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  for (const [text, why] of [
    [`${chunk}2\r\nabc\r\n`, /a chunk is longer than it says/],
    [`${chunk}zz\r\nabc\r\n`, /the length of a chunk is no number/],
    [`${chunk}\r\nabc\r\n`, /the length of a chunk is no number/],
    [`${chunk}-1\r\n`, /the length of a chunk is no number/],
    [`${chunk}fffffffff\r\n`, /the length of a chunk is no number/],
    ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', /its length is no number/],
    ['HTTP/1.1 200 OK\r\nContent-Length: 0x10\r\n\r\n', /its length is no number/],
    ['HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc', /its length is no number/],
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc', /it has two lengths/],
    ['HTTP/1.1 200 OK\r\nContent-Length: 67108865\r\n\r\n', /longer than 64 MiB/],
  ] as const)
    t.throws(() => answerOf(text), { code: 'EPROTO', message: why }, JSON.stringify(text.slice(15)));
  t.match(answerOf('HTTP/1.1 200 OK\r\nContent-Length: 3\r\ncontent-length: 3\r\n\r\nabc'), {
    isWhole: true,
    body: 'abc',
  });
});

t.test(
  'a body that no one bounds goes on until the connection ends, which is then not used again',
  async (t) => {
    const { isWhole, flow } = answerOf('HTTP/1.1 200 OK\r\nServer: x\r\n\r\nab');
    t.equal(isWhole, false);
    put(flow, Buffer.from('c'));
    t.equal(ended(flow), true);
    t.equal(Buffer.concat(bodyOf(flow)).toString(), 'abc');
    t.equal(flow.head?.staysOpen, false);
  },
);

t.test(
  'a length beside chunks, another protocol and a close are no reason to keep a connection',
  async (t) => {
    for (const [text, staysOpen] of [
      [counted('a'), true],
      [counted('a', 'Connection: keep-alive\r\n'), true],
      [counted('a', 'Connection: x, Close\r\n'), false],
      [counted('a').replace('HTTP/1.1', 'HTTP/1.0'), false],
      [counted('a', 'Connection: Keep-Alive\r\n').replace('HTTP/1.1', 'HTTP/1.0'), true],
      [chunkedOf(['a']).replace('\r\n', '\r\nContent-Length: 9\r\n'), false],
    ] as const) {
      const { isWhole, flow, body } = answerOf(text);
      t.same([isWhole, body, flow.head?.staysOpen], [true, 'a', staysOpen], JSON.stringify(text));
    }
  },
);

t.test('answers on the way to one, and those without a body', async (t) => {
  t.match(
    answerOf(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n${counted('a')}`),
    {
      isWhole: true,
      body: 'a',
      flow: { head: { status: 200 } },
    },
  );
  t.match(answerOf('HTTP/1.1 204 No Content\r\n\r\n'), { isWhole: true, body: '' });
  t.match(answerOf('HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n'), { isWhole: true, body: '' });
  t.match(answerOf('HTTP/1.1 503\r\nContent-Length: 0\r\n\r\n'), {
    isWhole: true,
    flow: { head: { status: 503 } },
  });
});

t.test('headers are found by name, the first of several, whatever they are called', async (t) => {
  const { flow } = answerOf(
    counted('', 'X-Amz-Bucket-Region:\t eu-west-1 \r\nDate: a\r\ndate: b\r\n__proto__: c\r\n'),
  );
  t.match(flow.head?.headers, { 'x-amz-bucket-region': 'eu-west-1', date: 'a' });
  t.equal(flow.head?.headers.constructor, undefined);
});

t.test('what is no answer is refused at once', async (t) => {
  for (const [text, why] of [
    ['HTTP/2 200\r\n\r\n', /no HTTP\/1\.1/],
    ['HTTP/1.1 999 x\r\n\r\n', /no HTTP\/1\.1/],
    ['<Error/>\r\n\r\n', /no HTTP\/1\.1/],
    ['HTTP/1.1 101 Switching\r\n\r\n', /changes the protocol/],
    ['HTTP/1.1 200 OK\r\nno header\r\n\r\n', /a header is none/],
    ['HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n', /a header is none/],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', /its coding is unknown/],
    [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n',
      /it has two codings/,
    ],
  ] as const)
    t.throws(() => answerOf(text), { code: 'EPROTO', message: why }, JSON.stringify(text));
});

t.test('a head, a line or an answer without end is not waited for', async (t) => {
  const chunk = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  t.equal(answerOf(`HTTP/1.1 200 OK\r\na: ${'b'.repeat(60_000)}\r\n`).isWhole, false, 'a long head may be');
  for (const [text, why] of [
    [`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(11_000)}`, /its head is longer than 65536 bytes/],
    [`${chunk}${'0'.repeat(1100)}`, /the head of a chunk is longer than 1024 bytes/],
    [`${chunk}0\r\n${'a'.repeat(65_600)}`, /its trailer is longer than 65536 bytes/],
  ] as const)
    t.throws(() => answerOf(text), { code: 'EPROTO', message: why }, why.source);
  const flow = createInflow();
  put(flow, Buffer.from('HTTP/1.1 200 OK\r\n\r\n'));
  const mebibyte = Buffer.alloc(1 << 20);
  t.throws(
    () => {
      for (let i = 0; i < 80; i++) put(flow, mebibyte);
    },
    { code: 'EPROTO', message: /longer than 64 MiB/ },
  );
});
