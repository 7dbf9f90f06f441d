/** What AWS counted beside what the scan counted. */
import type { Comparison } from '../prefixes/bucket-metrics.js';
import { left, right, type Table } from './table.js';
import { number } from './view.js';

export function checkTable({ checks }: Comparison): Table {
  return {
    columns: [
      left('Counted by'),
      left('Metric'),
      left('Of'),
      left('As of'),
      ...['AWS', 'This scan', 'Difference'].map(right),
    ],
    rows: checks.map((check) => [
      check.source,
      check.name,
      check.prefix ?? '(bucket)',
      check.at.slice(0, 10),
      number(check.value),
      number(check.scanned),
      check.percent === undefined ? '–' : `${check.percent.replace('-', '−')} %`,
    ]),
  };
}

export function checkNotes({ notCompared }: Comparison): string[] {
  return [
    'AWS counts once a day, noncurrent versions and delete markers too; a scan counts when it is made.',
    ...(notCompared.length === 0
      ? []
      : [`Not compared, because this scan has no number for it: ${[...new Set(notCompared)].join(', ')}.`]),
  ];
}
