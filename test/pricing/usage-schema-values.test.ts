import t from 'tap';
import { checked } from '../../src/documents.js';
import { type UsageDocument, usageFromDocument } from '../../src/pricing/usage-document.js';
import { usageSchema } from '../../src/pricing/usage-schema.js';
import { bySchema, given, isCount, leaves, named, type Path, withValue } from './document-paths.js';
import { refusal } from './month.js';

const read = (document: unknown) =>
  usageFromDocument(checked<UsageDocument>(usageSchema, document, 'u.yaml', 'DOCUMENT_INVALID'), 'u.yaml');

const refusedAt = (t: { ok(value: unknown, says: string): unknown }, path: Path, value: unknown): void => {
  const answer = refusal(() => read(withValue(path, value)));
  const says = `${path.join('.')} ${JSON.stringify(value)}: ${answer}`;
  t.ok(answer.startsWith(`DOCUMENT_INVALID: u.yaml: ${path.join('.')}: `), says);
};

t.test('counts are whole numbers, or decimal strings of up to twenty digits', async (t) => {
  const counts = leaves.filter(([path]) => isCount(bySchema.get(named(path))!));
  t.equal(counts.length, 87);
  for (const [path] of counts) {
    for (const bad of [
      -1,
      1.5,
      2 ** 53,
      '',
      '-1',
      '1.5',
      '1e9',
      ' 1',
      '1 ',
      '100000000000000000000',
      true,
      null,
      {},
      [],
    ])
      refusedAt(t, path, bad);
    for (const good of [0, '0', 2 ** 53 - 1, '9007199254740993', '99999999999999999999'])
      t.doesNotThrow(
        () => checked(usageSchema, withValue(path, good), 'u.yaml', 'DOCUMENT_INVALID'),
        `${path.join('.')} ${good}`,
      );
  }
});

t.test('days are whole numbers of at most a month, and days stored of at most 10,000', async (t) => {
  for (const [path, most] of [
    [['storage', 0, 'days'], 31],
    [['multipartRemains', 0, 'days'], 31],
    [['restores', 0, 'copyDays'], 31],
    [['earlyDeletes', 0, 'daysStored'], 10_000],
  ] as const) {
    for (const bad of [-1, most + 1, 1.5, '5', null]) refusedAt(t, path, bad);
    for (const good of [0, most])
      t.doesNotThrow(() => checked(usageSchema, withValue(path, good), 'u.yaml', 'DOCUMENT_INVALID'));
  }
});

t.test('words, switches, objects and lists are nothing else', async (t) => {
  for (const [path, value] of given) {
    const schema = bySchema.get(named(path))!;
    if (schema.enum)
      t.equal(
        refusal(() => read(withValue(path, 'COLD'))),
        `DOCUMENT_INVALID: u.yaml: ${path.join('.')}: must be one of ${schema.enum.join(', ')}.`,
      );
    if (typeof value === 'boolean') for (const bad of ['true', 1, null]) refusedAt(t, path, bad);
    if (typeof value === 'object') for (const bad of [5, 'x', null]) refusedAt(t, path, bad);
    if (typeof value === 'object') refusedAt(t, path, Array.isArray(value) ? {} : []);
  }
  for (const name of ['region', 'month', 'transfer.crossRegion.0.to']) refusedAt(t, name.split('.'), 5);
});

t.test('tier offsets are decimals without a sign or an exponent', async (t) => {
  const name = 'TimedStorage-ByteHrs';
  for (const good of ['0', '51200', '0.5', `${'9'.repeat(20)}.${'9'.repeat(20)}`])
    t.doesNotThrow(() => read(withValue(['tierOffsetGB', name], good)), good);
  for (const bad of [
    '',
    '-1',
    '1e3',
    '.5',
    '5.',
    ' 5',
    '5 ',
    '9'.repeat(21),
    `0.${'9'.repeat(21)}`,
    '5x',
    5,
    null,
  ])
    refusedAt(t, ['tierOffsetGB', name], bad);
});

t.test('classes, tiers and speeds that may be written', async (t) => {
  const all = [
    'STANDARD',
    'STANDARD_IA',
    'ONEZONE_IA',
    'INTELLIGENT_TIERING',
    'GLACIER_IR',
    'GLACIER',
    'DEEP_ARCHIVE',
    'EXPRESS_ONEZONE',
    'REDUCED_REDUNDANCY',
  ];
  const wanted: Readonly<Record<string, readonly string[]>> = {
    'storage.class': all,
    'storage.accessTier': [
      'FREQUENT',
      'INFREQUENT',
      'ARCHIVE_INSTANT',
      'ARCHIVE_ACCESS',
      'DEEP_ARCHIVE_ACCESS',
    ],
    'multipartRemains.class': all,
    'requests.class': all,
    'transitions.to': all.slice(1, 7),
    'transitions.smallObjects': ['skip', 'move'],
    'retrieval.class': [...all.slice(0, 5), ...all.slice(7)],
    'restores.class': ['GLACIER', 'DEEP_ARCHIVE', 'INTELLIGENT_TIERING'],
    'restores.accessTier': ['ARCHIVE_ACCESS', 'DEEP_ARCHIVE_ACCESS'],
    'restores.speed': ['STANDARD', 'BULK', 'EXPEDITED'],
    'earlyDeletes.class': all,
    'queries.engine': ['athena'],
    'lambda.architecture': ['x86', 'arm'],
  };
  const found = [...bySchema].flatMap(([path, schema]) => (schema.enum ? [[path, schema.enum]] : []));
  t.same(Object.fromEntries(found), wanted);
});

t.test('each description is a sentence, and each count says what it counts', async (t) => {
  for (const [path, schema] of bySchema) {
    if (schema.description !== undefined) t.match(schema.description, /^[A-Z][\s\S]*[.]$/, path);
    if (isCount(schema))
      t.match(
        schema.description,
        /^[A-Z][\s\S]*\. A whole number; beyond 2\^53 as a decimal string\.$/,
        path,
      );
  }
  t.equal(usageSchema.$id, 'usage');
});
