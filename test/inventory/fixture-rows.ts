/** What the committed reports of test/fixtures/inventory hold: hostile keys, every class and tier, versions, markers, and sizes up to the largest. */
import { createHash } from 'node:crypto';
import { accessTiers, storageClasses } from '../../src/kernel/s3.js';
import type { InventoryRow } from './report-files.js';

const hostileKeys = [
  'a b+c&d=e%20f.csv',
  '"quoted",and\nbroken\r\nlines',
  'nul\u0000and\u001bescape',
  '../../up/../x',
  './/double//slash',
  '/leading',
  'emoji/😀/日本語/é',
  'percent/%/%zz/%C3',
  'ends/with/slash/',
  `long/${'x'.repeat(1000)}`,
  '<xml>&amp;</xml>',
  '\ufeffmark/\u2028line',
];

const tierOf = (i: number) => {
  const tier = accessTiers[i % accessTiers.length]!;
  return tier === 'ARCHIVE_INSTANT' ? 'ARCHIVE_INSTANT_ACCESS' : tier;
};

const usual: readonly InventoryRow[] = Array.from({ length: 200 }, (_, i) => {
  const storageClass = storageClasses[i % storageClasses.length]!;
  const day = String((i % 5) + 1).padStart(2, '0');
  return {
    key: `web/clicks/year=2026/month=11/day=${day}/hour=${String(i % 24).padStart(2, '0')}/part-${i}.csv.gz`,
    size: i ** 4,
    storageClass,
    ...(storageClass === 'INTELLIGENT_TIERING' && { accessTier: tierOf(i) }),
    isLatest: i % 10 !== 0,
  };
});

export const fixtureRows: readonly InventoryRow[] = [
  ...hostileKeys.map((key, i) => ({ key, size: i * 1000 })),
  ...usual,
  { key: 'gone/1', isDeleteMarker: true },
  { key: 'gone/2', isDeleteMarker: true, isLatest: false },
  { key: 'large/1', size: 50 * 2 ** 40 },
  { key: 'new/class', size: 7, storageClass: 'FSX_OPENZFS' },
  { key: 'unsized/1' },
];

/** Version and etag of a row, as S3 gives them. */
export const etagOf = ({ key, isDeleteMarker }: InventoryRow): string | null =>
  isDeleteMarker ? null : createHash('md5').update(key).digest('hex');
