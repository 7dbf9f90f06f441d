import t from 'tap';
import { checked, parseJson, parseText } from '../src/documents.js';

const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    region: { type: 'string' },
    kind: { enum: ['a', 'b'] },
    days: { type: 'integer', default: 30 },
  },
  required: ['region'],
};

t.test('JSON and YAML are read by one door', async (t) => {
  t.same(parseText('{"a": [1, 2]}', 'x.json'), { a: [1, 2] });
  t.same(parseText('a: [1, 2]\n', 'x.yaml'), { a: [1, 2] });
});

t.test('a count beyond 2^53 keeps every digit', async (t) => {
  t.same(parseText('{"bytes": 9007199254740993, "small": 7}', 'x'), { bytes: '9007199254740993', small: 7 });
});

t.test('a document that cannot be parsed is refused with its name and line', async (t) => {
  t.throws(() => parseText('a: [1,', 'u.yaml'), {
    code: 'DOCUMENT_UNREADABLE',
    message: /u\.yaml: .*line 1, column \d+\.$/,
  });
  t.throws(() => parseText('a: 1\na: 2\n', 'u.yaml'), {
    code: 'DOCUMENT_UNREADABLE',
    message: /unique.*line 2/,
  });
});

t.test('a YAML bomb is refused, not expanded', async (t) => {
  const levels = Array.from(
    { length: 12 },
    (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(', ')}]`,
  );
  const bomb = `l0: &l0 [x, x, x]\n${levels.join('\n')}\n`;
  t.throws(() => parseText(bomb, 'bomb.yaml'), { code: 'DOCUMENT_UNREADABLE' });
});

t.test('an unknown key names its nearest neighbour', async (t) => {
  t.throws(() => checked(schema, { regoin: 'x' }, 'u.yaml', 'DOCUMENT_INVALID'), {
    code: 'DOCUMENT_INVALID',
    message: 'u.yaml: the document: unknown key "regoin", did you mean "region"?',
  });
});

t.test('a missing key, a wrong type and a wrong value are named by field', async (t) => {
  const message = (value: unknown): string => {
    try {
      checked(schema, value, 'u', 'CONFIG_INVALID');
      return 'accepted';
    } catch (error) {
      return (error as Error).message;
    }
  };
  t.equal(message({}), 'u: the document: region is missing.');
  t.equal(message({ region: 5 }), 'u: region: must be string.');
  t.equal(message({ region: 'x', kind: 'c' }), 'u: kind: must be one of a, b.');
  t.equal(message([]), 'u: the document: must be object.');
});

t.test('defaults are filled in', async (t) => {
  t.same(checked(schema, { region: 'x' }, 'u', 'DOCUMENT_INVALID'), { region: 'x', days: 30 });
});

t.test('a document of a program is read as JSON, and one that a person changed as YAML', async (t) => {
  t.same(parseJson('\ufeff{"a": [1, "é"]}', 'x.json'), { a: [1, 'é'] });
  t.same(parseJson('a: 1\n', 'x.json'), { a: 1 });
  t.throws(() => parseJson('{"a": [1,\n2', 'x.json'), {
    code: 'DOCUMENT_UNREADABLE',
    message: /x\.json: .*line 2/,
  });
});

t.test('of one or several, what is wrong inside is named, not that it is no list', async (t) => {
  const item = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
  const many = { type: 'object', properties: { x: { anyOf: [item, { type: 'array', items: item }] } } };
  const refusedAs = (value: unknown, message: RegExp) =>
    t.throws(() => checked(many, value, 'u.yaml', 'DOCUMENT_INVALID'), { code: 'DOCUMENT_INVALID', message });
  refusedAs({ x: [{ a: 1 }, {}] }, /^u\.yaml: x\.1: a is missing\.$/);
  refusedAs({ x: [{ a: 'b' }] }, /^u\.yaml: x\.0\.a: must be integer\.$/);
  refusedAs({ x: {} }, /^u\.yaml: x: a is missing\.$/);
  refusedAs({ x: 5 }, /^u\.yaml: x: must be object\.$/);
});
