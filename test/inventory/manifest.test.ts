import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { parseChecksum, parseManifest } from '../../src/inventory/manifest.js';
import { BucketwiseError } from '../../src/kernel/errors.js';

const usual = {
  sourceBucket: 'lake',
  destinationBucket: 'arn:aws:s3:::reports',
  version: '2016-11-30',
  creationTimestamp: '1715043600000',
  fileFormat: 'CSV',
  fileSchema: 'Bucket, Key, Size',
  files: [{ key: 'inv/lake/all/data/1.csv.gz', size: 5, MD5checksum: 'C473BCC2407D0A5CEC5229B21D967E59' }],
};
const bytesOf = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const read = (change: object = {}) => parseManifest(bytesOf({ ...usual, ...change }), 'manifest.json');

t.test('a manifest says whose report it is, of when, and which files hold it', async (t) => {
  t.same(read(), {
    sourceBucket: 'lake',
    destinationBucket: 'reports',
    createdAt: 1715043600000,
    format: 'CSV',
    columns: ['Bucket', 'Key', 'Size'],
    files: [{ key: 'inv/lake/all/data/1.csv.gz', size: 5, md5: 'c473bcc2407d0a5cec5229b21d967e59' }],
  });
});

t.test('the schema text of Parquet and ORC is never compared: the files name their columns', async (t) => {
  t.same(read({ fileFormat: 'ORC', fileSchema: 'anything' }).columns, []);
  t.same(read({ fileFormat: 'Parquet', fileSchema: undefined }).columns, []);
});

t.test('a bucket of China, a directory bucket and one with an old name are buckets', async (t) => {
  t.equal(read({ destinationBucket: 'arn:aws-cn:s3:::reports' }).destinationBucket, 'reports');
  t.equal(read({ sourceBucket: 'lake--usw2-az1--x-s3' }).sourceBucket, 'lake--usw2-az1--x-s3');
  t.equal(read({ sourceBucket: 'My_Old.Bucket' }).sourceBucket, 'My_Old.Bucket');
});

const file = usual.files[0]!;
const wrong: readonly (readonly [string, object | string, RegExp])[] = [
  ['not JSON', '{"files": [', /is not JSON/],
  ['a list', '[]', /is not a JSON object/],
  ['null', 'null', /is not a JSON object/],
  ['another version', { version: '2030-01-01' }, /version is "2030-01-01"/],
  ['no version', { version: undefined }, /version is missing/],
  ['an unknown format', { fileFormat: 'Avro' }, /fileFormat "Avro" is not CSV, ORC or Parquet/],
  ['a format that is no text', { fileFormat: 7 }, /fileFormat is not a text/],
  ['no source bucket', { sourceBucket: '' }, /sourceBucket "" is not a bucket name/],
  ['a source bucket with an escape', { sourceBucket: 'a\u001b[2Jb' }, /sourceBucket "a\\u001b\[2Jb"/],
  ['a destination that is no ARN', { destinationBucket: 'reports' }, /is not the ARN of a bucket/],
  [
    'a destination that is a path',
    { destinationBucket: 'arn:aws:s3:::a/../b' },
    /is not the ARN of a bucket/,
  ],
  ['a time that is none', { creationTimestamp: 'yesterday' }, /"yesterday" is not milliseconds since 1970/],
  ['a time no clock can tell', { creationTimestamp: '9999999999999999' }, /is not milliseconds/],
  ['no Key column', { fileSchema: 'Bucket, Size' }, /has no column Key/],
  ['a column twice', { fileSchema: 'Key, Size, Size' }, /names column "Size" twice/],
  ['a column without a name', { fileSchema: 'Key, , Size' }, /a column without a name/],
  ['files that are no list', { files: {} }, /files is not a list/],
  ['files missing', { files: undefined }, /files is missing/],
  ['a file that is none', { files: [null] }, /files\[0\] is not an object/],
  ['a file without a key', { files: [{ ...file, key: '' }] }, /files\[0\]\.key is not a key/],
  ['a negative size', { files: [{ ...file, size: -1 }] }, /files\[0\]\.size of ".*" is not a whole number/],
  ['a size that is text', { files: [{ ...file, size: '5' }] }, /files\[0\]\.size/],
  ['no MD5', { files: [{ ...file, MD5checksum: 'zz' }] }, /MD5checksum of ".*" is not 32 hexadecimal/],
  ['one file twice', { files: [file, file] }, /files\[0\] and files\[1\] are both .* would count twice/],
];

for (const [what, change, message] of wrong)
  t.test(`${what} is refused by name`, async (t) => {
    const bytes = typeof change === 'string' ? bytesOf(change) : bytesOf({ ...usual, ...change });
    t.throws(() => parseManifest(bytes, 'manifest.json'), { code: 'MANIFEST_INVALID', message });
  });

t.test('bytes that are not UTF-8 are refused, and fields of the prototype are no fields', async (t) => {
  t.throws(() => parseManifest(new Uint8Array([0x7b, 0xff, 0x7d]), 'm'), { message: /is not UTF-8/ });
  const { version: _, ...rest } = usual;
  const hostile = JSON.stringify(rest).replace('{', '{"__proto__":{"version":"2016-11-30"},');
  t.throws(() => parseManifest(bytesOf(hostile), 'm'), { message: /version is missing/ });
});

t.test(
  'whatever stands in its fields, a manifest is read or refused by name, and never otherwise',
  async (t) => {
    const names = fc.constantFrom(...Object.keys(usual));
    const hostile = fc.oneof(fc.jsonValue(), fc.string(), fc.constant(JSON.parse('{"__proto__":1}')));
    let refused = 0;
    fc.assert(
      fc.property(names, hostile, (name, value) => {
        try {
          const { files, columns } = read({ [name]: value });
          // A bucket may be empty: its report names no file.
          return (files.length > 0 || name === 'files') && columns.includes('Key');
        } catch (error) {
          refused += 1;
          return error instanceof BucketwiseError && error.code === 'MANIFEST_INVALID';
        }
      }),
    );
    t.ok(refused > 50);
  },
);

t.test('one byte of a manifest flipped or cut off is read or refused, and never otherwise', async (t) => {
  const bytes = bytesOf(usual);
  for (let at = 0; at < bytes.length; at++) {
    const flipped = bytes.slice();
    flipped[at]! ^= 1 << (at % 8);
    for (const other of [flipped, bytes.subarray(0, at)])
      try {
        parseManifest(other, 'm');
      } catch (error) {
        if (!(error instanceof BucketwiseError) || error.code !== 'MANIFEST_INVALID') throw error;
      }
  }
  t.throws(() => parseManifest(bytes.subarray(0, -1), 'm'), { code: 'MANIFEST_INVALID' });
});

t.test('a checksum may end in a line end, and must be one', async (t) => {
  t.equal(
    parseChecksum(bytesOf('C473BCC2407D0A5CEC5229B21D967E59\n'), 'm'),
    usual.files[0]!.MD5checksum.toLowerCase(),
  );
  t.throws(() => parseChecksum(bytesOf('nothing'), 'm'), { code: 'MANIFEST_INVALID' });
});

const { BUCKETWISE_SAMPLES: samples } = process.env;
t.test(
  'the real manifests are read',
  { skip: samples ? false : 'BUCKETWISE_SAMPLES is not set' },
  async (t) => {
    const real = (name: string) => {
      const path = join(samples!, 's3-inventory', name);
      return parseManifest(readFileSync(path), path);
    };
    const lakefs = real('lakefs__real_parquet_manifest.json');
    t.match(lakefs, {
      format: 'Parquet',
      sourceBucket: 'lakefs-example-data',
      destinationBucket: 'yoni-test3',
    });
    const csv = real('umccr__csv_inventory_manifest.json');
    t.equal(csv.columns.length, 18);
    t.match(csv.files, [{ size: 331 }]);
    t.match(real('umccr__orc_inventory_manifest.json'), { format: 'ORC', columns: [] });
  },
);

t.test('the report of an empty bucket names no files', async (t) => {
  t.same(parseManifest(bytesOf({ ...usual, files: [] }), 'manifest.json').files, []);
});
