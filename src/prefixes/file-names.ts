/** What the name of a file says: the format of its rows, and often the program that wrote it. */

const rowFormats = 'csv|tsv|psv|json|jsonl|ndjson|parquet|orc|avro|log|txt|xml';
const format = new RegExp(
  `\\.(?:(?:snappy|gz|zstd?|lz4)\\.)?(${rowFormats})((?:\\.(?:gz|gzip|bz2|zst|lz4|snappy|deflate))?)$`,
  'i',
);

/** "csv", "json.gz", "parquet", …; undefined when the name says nothing or the file does not hold rows. */
export function formatOf(name: string): string | undefined {
  const match = format.exec(name);
  return match ? `${match[1]}${match[2]}`.toLowerCase() : undefined;
}

/** Each pattern is the documented default of the writer's object names. */
export const writers: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Amazon Data Firehose', /-\d+-\d{4}(?:-\d\d){5}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/],
  ['Spark', /^part-(?:[rm]-)?\d{5}(?:-|$)/],
  ['Athena or Trino', /^\d{8}_\d{6}_\d{5}_[a-z0-9]{5}_/],
  ['CloudTrail', /^\d{12}_CloudTrail_/],
  ['Elastic Load Balancing', /^\d{12}_elasticloadbalancing_/],
  ['VPC Flow Logs', /^\d{12}_vpcflowlogs_/],
  ['AWS WAF', /^\d{12}_waflogs_/],
  ['Route 53 Resolver', /^\d{12}_vpcdnsquerylogs_/],
  ['AWS Config', /^\d{12}_Config_/],
  ['CloudFront', /^E[A-Z0-9]{12,13}\.\d{4}-\d\d-\d\d-\d\d\.[0-9a-f]{8}(?:\.gz)?$/],
  // A prefix of the logs stands before the date without a "/".
  ['S3 access logging', /(?:^|\D)\d{4}(?:-\d\d){5}-[0-9A-F]{16}$/],
  ['Kafka Connect', /^[\w.-]+\+\d+\+\d{10}\./],
  ['Flink', /^part-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d+/],
  ['Logstash', /^ls\.s3\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\./],
  ['Hive', /^\d{6}_\d{1,3}(?:_copy_\d+)?(?:\.|$)/],
];

/** All of them in one, which is tried once where each of them would be: the first of the list that fits is the group that is there. */
const anyWriter = new RegExp(
  `^(?:${writers.map(([, { source }]) => (source.startsWith('^') ? `(${source.slice(1)})` : `([^]*?${source})`)).join('|')})`,
);

export function writerOf(name: string): string | undefined {
  const match = anyWriter.exec(name);
  if (!match) return undefined;
  let group = 1;
  while (match[group] === undefined) group += 1;
  return writers[group - 1]![0];
}

/** A name that says a format or a writer fits one of these, and no other name does. */
export const namePatterns: readonly RegExp[] = [format, ...writers.map(([, pattern]) => pattern)];
