import t from 'tap';
import { checkOffsets } from '../../src/pricing/tier-offsets.js';
import { cardOf } from './card.js';

t.test('an offset under a name of the card is taken, in every Region by the same name', async () => {
  for (const region of ['us-east-1', 'ap-northeast-2'])
    checkOffsets(cardOf(region), { 'TimedStorage-ByteHrs': '51200' });
});

t.test('a misspelt or prefixed name is refused with the nearest', async (t) => {
  for (const name of ['TimedStroage-ByteHrs', 'APN2-TimedStorage-ByteHrs', 'timedstorage-bytehrs'])
    t.throws(() => checkOffsets(cardOf('ap-northeast-2'), { [name]: '1' }), {
      code: 'ARGUMENT_INVALID',
      message: /did you mean "TimedStorage-ByteHrs"/,
    });
  t.throws(() => checkOffsets(cardOf('us-east-1'), { bananas: '1' }), {
    message: /"bananas" is not a usage type/,
  });
});
