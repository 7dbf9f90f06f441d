import fc from 'fast-check';
import t from 'tap';
import { packTexts } from '../../src/prefixes/packed-texts.js';
import { unpackTexts } from './unpack-texts.js';

t.test('texts are the same after being packed, whatever letters they have', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.string({ unit: 'binary' }))), (texts) => {
      t.same(unpackTexts(packTexts(texts)), texts);
    }),
    { numRuns: 100 },
  );
});

t.test('a text that is not ASCII shifts no other, nor does a mark of byte order vanish', async (t) => {
  const texts = ['a/', '', 'größe/', '\ufefflast', '🙂', 'z'];
  const { bytes, ends } = packTexts(texts);
  t.equal(ends.at(-1), bytes.length);
  t.same(unpackTexts({ bytes, ends }), texts);
});
