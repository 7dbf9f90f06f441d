/** What the command line of AWS prints of CloudWatch's daily storage metrics: the latest value of each storage type. */
import { raise } from '../kernel/errors.js';
import { type BucketMetric, storageTypeNames } from './bucket-metrics.js';

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const plain = (text: string): string => text.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
const known = new Map(storageTypeNames.map((name) => [plain(name), name]));

/** A storage type in any spelling; NumberOfObjects has one only. */
function typeIn(...texts: readonly unknown[]): string | undefined {
  for (const text of texts) {
    if (typeof text !== 'string') continue;
    if (plain(text) === 'numberofobjects') return 'AllStorageTypes';
    const found = known.get(plain(text)) ?? [...known].find(([name]) => plain(text).includes(name))?.[1];
    if (found !== undefined) return found;
    // A type that a scan has no number for, such as GlacierStagingStorage: it is told, not refused.
    if (/^\w+(?:Storage|Overhead)$/.test(text)) return text;
  }
  return undefined;
}

export const isCloudWatch = (value: unknown): value is Fields =>
  isFields(value) && (Array.isArray(value.MetricDataResults) || Array.isArray(value.Datapoints));

/**
 * The output of `get-metric-data` (its labels or ids name the storage type) or of `get-metric-statistics` (the file does).
 * Errors: CHECK_INVALID.
 */
export function cloudWatchMetrics(value: Fields, file: string): BucketMetric[] {
  const results = value.Datapoints === undefined ? listOf(value.MetricDataResults) : [statisticsOf(value)];
  return results.flatMap((result, at) => {
    if (!isFields(result)) return refuse(file, `result ${at + 1} is no object`);
    const name = typeIn(result.Label, result.Id, value.Datapoints === undefined ? '' : nameOf(file));
    if (name === undefined)
      return refuse(
        file,
        `result ${at + 1} ("${String(result.Label ?? result.Id)}") does not say of which StorageType it is; give that as its Label, or as the name of the file`,
      );
    return latest(result, name, file);
  });
}

const nameOf = (file: string): string => file.replace(/^.*[\\/]/, '').replace(/\.json$/, '');

/** Datapoints in the form of the other command. */
function statisticsOf({ Datapoints, Label }: Fields): Fields {
  const points = listOf(Datapoints).filter(isFields);
  return {
    Label: Label === 'BucketSizeBytes' ? undefined : Label,
    Timestamps: points.map(({ Timestamp }) => Timestamp),
    Values: points.map(({ Average, Maximum, Minimum, Sum }) => Average ?? Maximum ?? Minimum ?? Sum),
  };
}

function latest({ Timestamps, Values }: Fields, name: string, file: string): BucketMetric[] {
  const values = listOf(Values);
  const points = listOf(Timestamps).map((instant, at) => ({ instant, value: values[at] }));
  if (points.length !== values.length) return refuse(file, `${name} has not as many values as time stamps`);
  const read = points.map(({ instant, value }) => {
    const at = typeof instant === 'string' ? Date.parse(instant) : Number.NaN;
    if (Number.isNaN(at)) return refuse(file, `${name} has a time stamp that is none`);
    if (typeof value !== 'number' || !(value >= 0 && Number.isFinite(value)))
      return refuse(file, `${name} has a value that is no number from 0 on`);
    return { at, value };
  });
  if (read.length === 0) return [];
  const last = read.reduce((a, b) => (b.at > a.at ? b : a));
  return [
    {
      ...{ source: 'CloudWatch', name, at: new Date(last.at).toISOString() },
      value: BigInt(Math.round(last.value)),
    },
  ];
}

const refuse = (file: string, why: string): never => raise('CHECK_INVALID', { file, why });
