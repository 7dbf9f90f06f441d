import t from 'tap';
import { HIDDEN_FOLDER, pathFault, pathNames } from '../../../src/adapters/files/key-path.js';
import { controlKeys, hostileKeys } from '../../conformance/hostile-keys.js';

const refused: readonly string[] = [
  '',
  '/',
  '/leading',
  'trailing/',
  'a//b',
  '.',
  '..',
  './a',
  '../a',
  'a/../../b',
  'a/.',
  'a/..',
  'nul\0',
  'half \ud83d pair',
  'x'.repeat(256),
  `a/${'é'.repeat(128)}`,
  HIDDEN_FOLDER,
  `${HIDDEN_FOLDER}/x`,
  `a/${HIDDEN_FOLDER}/x`,
];

t.test('a key that a file system could read as another path is refused', async (t) => {
  for (const key of refused)
    t.throws(() => pathNames(key), { code: 'KEY_UNSUPPORTED' }, JSON.stringify(key.slice(0, 20)));
});

t.test('a refusal shows control characters as escapes and says why', async (t) => {
  t.throws(() => pathNames('\u001b[31m/../x'), {
    message: 'The key "\\u001b[31m/../x" cannot be held by a folder: ".." means another folder.',
  });
});

t.test('hostile names that are names like any other are taken', async (t) => {
  for (const key of [...hostileKeys, ...controlKeys, 'x'.repeat(255), '...', '..a', 'a..', '.a/b.'])
    t.equal(pathFault(key), undefined);
});

t.test('the names on the way are the parts between slashes', async (t) => {
  t.same(pathNames('year=2026/month=11/x.csv'), ['year=2026', 'month=11', 'x.csv']);
});
