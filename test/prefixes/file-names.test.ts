import fc from 'fast-check';
import t from 'tap';
import { formatOf, writerOf, writers } from '../../src/prefixes/file-names.js';

t.test('the end of a name tells the format and its compression', async (t) => {
  const names: readonly (readonly [string, string | undefined])[] = [
    ['a/b/c.csv', 'csv'],
    ['c.CSV.GZ', 'csv.gz'],
    ['part-0.snappy.parquet', 'parquet'],
    ['x.json.zst', 'json.zst'],
    ['app.log', 'log'],
    ['cat.jpg', undefined],
    ['csv', undefined],
    ['x.csv/', undefined],
    ['x.gz', undefined],
    ['x.csv\n', undefined],
  ];
  for (const [name, format] of names) t.equal(formatOf(name), format, name);
});

t.test('writers are known by their default names', async (t) => {
  const names: readonly (readonly [string, string | undefined])[] = [
    ['clicks-1-2026-11-22-05-01-09-1f0c2a3b-4d5e-6f70-8192-a3b4c5d6e7f8', 'Amazon Data Firehose'],
    ['part-00012-1f0c2a3b-4d5e-6f70-8192-a3b4c5d6e7f8.c000.snappy.parquet', 'Spark'],
    ['part-r-00000', 'Spark'],
    ['20261122_050109_00012_abc1d_1f0c2a3b-4d5e', 'Athena or Trino'],
    ['123456789012_CloudTrail_us-east-1_20261122T0500Z_x.json.gz', 'CloudTrail'],
    ['123456789012_elasticloadbalancing_us-east-1_app.x.log.gz', 'Elastic Load Balancing'],
    ['123456789012_vpcflowlogs_us-east-1_fl-1_x.log.gz', 'VPC Flow Logs'],
    ['2026-11-22-05-01-09-0123456789ABCDEF', 'S3 access logging'],
    ['lake2026-11-22-05-01-09-0123456789ABCDEF', 'S3 access logging'],
    ['123456789012_waflogs_us-east-1_acl_20261122T0500Z_x.log.gz', 'AWS WAF'],
    ['123456789012_vpcdnsquerylogs_vpc-1_20261122T0500Z_x.log.gz', 'Route 53 Resolver'],
    ['123456789012_Config_us-east-1_ConfigHistory_AWS..x.json.gz', 'AWS Config'],
    ['E2EXAMPLE12345.2026-11-22-05.1f0c2a3b.gz', 'CloudFront'],
    ['clicks+3+0000012345.json', 'Kafka Connect'],
    ['part-1f0c2a3b-4d5e-6f70-8192-a3b4c5d6e7f8-0', 'Flink'],
    ['ls.s3.1f0c2a3b-4d5e-6f70-8192-a3b4c5d6e7f8.2026-11-22T05.00.part0.txt', 'Logstash'],
    ['000000_0', 'Hive'],
    ['000012_0_copy_3.gz', 'Hive'],
    ['1000000_0', undefined],
    ['a+b+c.json', undefined],
    ['part-of-a-story.txt', undefined],
    ['', undefined],
  ];
  for (const [name, writer] of names) t.equal(writerOf(name), writer, name);
});

t.test(
  'a name that fits two writers is of the first, and one pattern of all says what each would',
  async (t) => {
    const firehose = '-1-2026-11-22-05-01-09-1f0c2a3b-4d5e-6f70-8192-a3b4c5d6e7f8';
    t.equal(writerOf(`part-00000${firehose}`), 'Amazon Data Firehose');
    t.equal(writerOf(`a\nb${firehose}`), 'Amazon Data Firehose');
    const unit = fc.constantFrom(
      'part-',
      '00000',
      '-',
      '_0',
      '1f0c2a3b',
      firehose,
      'a+1+',
      '\n',
      'ls.s3.',
      '123456',
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 6 }), (units) => {
        const name = units.join('');
        t.equal(writerOf(name), writers.find(([, pattern]) => pattern.test(name))?.[0], name);
      }),
      { numRuns: 500 },
    );
  },
);
