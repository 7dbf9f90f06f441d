/** The bits a column keeps of a value, from its canonical text: what an engine's hash of that value is made of. */
import type { ColumnType } from '../schema.js';

/** Of a double its IEEE 754 bits, of a decimal all digits, of a day and an instant what passed since 1970 (UTC; microseconds). */
export function valueBits(type: ColumnType, canonical: string): bigint {
  switch (type) {
    case 'boolean':
      return canonical === 'true' ? 1n : 0n;
    case 'double':
      return BigInt(`0x${canonical}`);
    case 'decimal':
      return BigInt(canonical.replace('.', ''));
    case 'date':
      return BigInt(midnight(canonical) / dayMillis);
    case 'timestamp':
      return instant(canonical);
    default:
      return BigInt(canonical);
  }
}

const dayMillis = 86_400_000;

/** Date.UTC takes the years 0 to 99 for those of the last century. */
function midnight(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(0).setUTCFullYear(year, month - 1, date);
}

function instant(text: string): bigint {
  const [day = '', time = ''] = text.split(' ');
  const [clock = '', fraction = ''] = time.split('.');
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  const whole = midnight(day) / 1000 + hours * 3600 + minutes * 60 + seconds;
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}
