import fc from 'fast-check';
import t from 'tap';
import { bytesText, parseBytes } from '../../src/kernel/bytes.js';
import { parseDuration } from '../../src/kernel/clock.js';
import { addMonths, daysIn, gbMonths, hoursIn, parseDay, parseMonth } from '../../src/kernel/day.js';
import { BucketwiseError, errorTable, nearest, raise } from '../../src/kernel/errors.js';
import { count, exactly, groupedText, rate, ratio } from '../../src/kernel/quantity.js';
import {
  asFolder,
  compareKeys,
  locationText,
  parentOf,
  parseLocation,
  printable,
} from '../../src/kernel/s3.js';
import { addUsd, charge, roundedUsd, sumUsd, usdFromText } from '../../src/kernel/usd.js';

t.test('keys compare as their UTF-8 bytes do', async (t) => {
  const text = fc.string({ unit: 'binary' }).filter((value) => !/\p{Surrogate}/u.test(value));
  fc.assert(
    fc.property(text, text, (a, b) => {
      t.equal(Math.sign(compareKeys(a, b)), Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
  t.ok(compareKeys('\uffff', '😀') < 0, 'an emoji sorts after every other unit');
});

t.test('a sum of dollars does not depend on its order', async (t) => {
  const amount = fc
    .tuple(fc.bigInt(0n, 10n ** 11n), fc.bigInt(0n, 10n ** 28n - 1n))
    .map(([whole, part]) => usdFromText(`${whole}.${part.toString().padStart(28, '0')}`));
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 8 }), (amounts) => {
      t.equal(sumUsd(amounts).toString(), sumUsd(amounts.toReversed()).toString());
    }),
  );
});

t.test('amounts print without exponents, however small', async (t) => {
  t.equal(
    JSON.stringify({ usd: usdFromText('0.0000000000000000000001') }),
    '{"usd":"0.0000000000000000000001"}',
  );
  t.equal(roundedUsd(usdFromText('-0.001'), 2), '0.00');
  t.equal(roundedUsd(usdFromText('0.125'), 2), '0.12', 'half to even');
});

t.test('a price or quantity that is no plain decimal is refused', async (t) => {
  for (const text of ['1e5', '', ' 1', '1.', '.5', 'NaN', '1,5', '0x1'])
    t.throws(() => exactly(text), { code: 'NUMBER_INVALID' }, text);
  t.throws(() => count('request', 1.5), { code: 'NUMBER_INVALID' });
  t.throws(() => count('request', 2 ** 53), { code: 'NUMBER_INVALID' });
});

t.test('months know their days, in leap years too', async (t) => {
  t.same(
    ['2026-02', '2028-02', '2026-11', '2026-12'].map((text) => daysIn(parseMonth(text))),
    [28, 29, 30, 31],
  );
  t.equal(hoursIn(parseMonth('2026-02')), 672);
  t.equal(addMonths(parseMonth('2026-11'), 2), '2027-01');
  for (const text of ['2026-13', '0000-01', '9999-12'])
    t.throws(() => parseMonth(text), { code: 'MONTH_INVALID' }, text);
  t.throws(() => parseDay('2026-02-29'), { code: 'DAY_INVALID' });
  t.equal(gbMonths(2n ** 30n * 720n, parseMonth('2026-11')).amount.toString(), '1');
});

t.test('sizes are read in powers of 1024 and shown short', async (t) => {
  t.equal(parseBytes('128KiB'), 131_072);
  t.equal(parseBytes('1.5 GB'), 1.5 * 1024 ** 3);
  for (const text of ['', '-1', '1.5B', 'KiB', '1 parsec'])
    t.throws(() => parseBytes(text), { code: 'SIZE_INVALID' }, text);
  t.same([0, 1023, 131_072, 1_500_000, 5n * 1024n ** 4n].map(bytesText), [
    '0 B',
    '1023 B',
    '128 KiB',
    '1.43 MiB',
    '5 TiB',
  ]);
  t.equal(groupedText(exactly('1234567.5000')), '1,234,567.5');
});

t.test('an address is read once: bucket and folder, or a folder on disk', async (t) => {
  t.same(parseLocation('s3://lake/csv'), { scheme: 's3', bucket: 'lake', prefix: 'csv/' });
  t.same(parseLocation('s3://lake'), { scheme: 's3', bucket: 'lake', prefix: '' });
  t.same(parseLocation('file:///data/a%20b'), { scheme: 'file', root: '/data/a b', prefix: '' });
  t.equal(locationText(parseLocation('s3://lake/csv')), 's3://lake/csv/');
  t.equal(asFolder('day=1'), 'day=1/');
  for (const uri of ['s3://', 's3://a', 's3://UPPER/x', 's3://a..b/x', 's3://1.2.3.4/x'])
    t.throws(() => parseLocation(uri), { code: 'BUCKET_INVALID' }, uri);
  for (const uri of ['', '/data', 'file://data', 'http://x', 'file:///%zz', 'file:///a%00b'])
    t.throws(() => parseLocation(uri), { code: 'URI_INVALID' }, uri);
});

t.test('what a stranger wrote cannot steer a terminal', async (t) => {
  t.equal(printable('\u200eb\u200f\ufeff'), '\\u200eb\\u200f\\ufeff');
  t.equal(printable('a\u001b[31m\n\u202Eb'), 'a\\u001b[31m\\u000a\\u202eb');
  t.equal(printable('log\u200bs\u200f\ufeff'), 'log\\u200bs\\u200f\\ufeff', 'nor pass for another name');
  t.equal(printable('👩‍👧'), '👩‍👧');
});

t.test('durations are whole numbers with a unit', async (t) => {
  t.same(['90s', '10m', '2h', '7d', '5ms', 'soon', '1.5h', ''].map(parseDuration), [
    90_000,
    600_000,
    7_200_000,
    604_800_000,
    5,
    undefined,
    undefined,
    undefined,
  ]);
});

t.test('every error has a message, a hint, a status and an exit code of the list', async (t) => {
  for (const [code, { message, hint, status, exit }] of Object.entries(errorTable)) {
    t.match(code, /^[A-Z]+_[A-Z_]+$|^[A-Z]+$/);
    t.ok(message.length > 5 && hint.length > 1, code);
    t.ok(status >= 400 && status < 600, code);
    t.ok([1, 2, 3, 4, 5, 6, 130].includes(exit), code);
  }
  t.throws(() => raise('BUCKET_MISSING', { bucket: 'x' }), {
    message: 'There is no bucket "x" at this endpoint.',
  });
  t.ok(new BucketwiseError('UNEXPECTED', { why: 'x' }).hint);
});

t.test('the nearest name is offered only when it is near', async (t) => {
  t.equal(nearest('regoin', ['region', 'month']), 'region');
  t.equal(nearest('US-EAST-1', ['us-east-1', 'us-east-2']), 'us-east-1');
  t.equal(nearest('zzz', ['region', 'month']), undefined);
});

t.test('amounts of whatever size add up to the last digit, in any order and by parts', async (t) => {
  const price = rate('GB', '0.0230000000');
  const amounts = [10n ** 30n, 7n, 10n ** 24n + 1n, 3n].map((bytes) =>
    charge(price, ratio('GB', bytes, 2n ** 30n)),
  );
  const whole = sumUsd(amounts).toString();
  t.equal(sumUsd(amounts.toReversed()).toString(), whole);
  t.equal(addUsd(sumUsd(amounts.slice(0, 2)), sumUsd(amounts.slice(2))).toString(), whole);
  t.match(whole, /^\d{20}\.\d{18,28}$/);
});

t.test('a month has the days of the calendar, also at the turn of a century', async (t) => {
  for (const year of [1999, 2000, 2023, 2024, 2026, 2028, 2100, 2400])
    for (let month = 1; month <= 12; month += 1) {
      const text = `${year}-${String(month).padStart(2, '0')}`;
      t.equal(daysIn(parseMonth(text)), new Date(Date.UTC(year, month, 0)).getUTCDate(), text);
    }
});

t.test('a ratio that ends is exact, and one that does not has 40 digits', async (t) => {
  const of = (a: bigint, b: bigint) => ratio('GB', a, b).amount.toString();
  t.equal(of(0n, 7n), '0');
  t.equal(of(21n, 7n), '3');
  t.equal(of(2n ** 70n, 2n ** 6n), '18446744073709551616');
  t.equal(of(1n, 8n), '0.125');
  t.equal(of(2n, 3n), `0.${'6'.repeat(39)}7`);
  t.equal(of(2n ** 60n + 1n, 2n ** 30n), '1073741824.000000000931322574615478515625');
});

t.test('above every prefix is a shorter one, up to the whole bucket', async (t) => {
  t.same(['a/b/', 'a/', '/a/', '//', '/', ''].map(parentOf), ['a/', '', '/', '/', '', '']);
});
