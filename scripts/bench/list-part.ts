/**
 * One listing of the benchmark list.ts, run by Node alone as users run it: a whole live scan but for the prices.
 * `node list-part.js ours|sdk ENDPOINT BUCKET STREAMS`; prints seconds and processor seconds from the start of its process, as
 * those of other programs are counted, and keys.
 */
import { openBucketLister } from '../../src/adapters/aws/bucket-lister.js';
import { openTally } from '../../src/inventory/inventory-tally.js';
import { listLive } from '../../src/inventory/live-listing.js';
import type { KeyPageRequest } from '../../src/inventory/ports.js';
import { summarise } from '../../src/prefixes/prefix-rows.js';
import { prefixTreeDefaults } from '../../src/prefixes/prefix-tree.js';
import { mergeParts } from '../../src/prefixes/tree-merge.js';

const [who = '', endpointUrl = '', bucket = '', streams = ''] = process.argv.slice(2);
const reach = { region: 'us-east-1', endpointUrl };
const options = { prefix: '', ...prefixTreeDefaults };

/** The pages of the SDK, so that only the client differs. */
async function openSdk() {
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  const { createS3Client } = await import('../../src/adapters/aws/client.js');
  const { columnsOf } = await import('../../src/inventory/object-pages.js');
  const client = createS3Client(reach);
  const page = async ({ prefix, from, delimiter, maxKeys }: KeyPageRequest) => {
    const answer = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        StartAfter: from?.key,
        ContinuationToken: from?.token,
        Delimiter: delimiter,
        MaxKeys: maxKeys,
      }),
    );
    // The SDK leaves names as they came.
    const named = answer.EncodingType === 'url' ? decodeURIComponent : String;
    const objects = (answer.Contents ?? []).map(({ Key = '', Size = 0, StorageClass = 'STANDARD' }) => ({
      ...{ key: named(Key), size: Size, storageClass: StorageClass, etag: '' },
    }));
    const { NextContinuationToken: token } = answer;
    return {
      batch: columnsOf(objects),
      prefixes: (answer.CommonPrefixes ?? []).map(({ Prefix = '' }) => named(Prefix)),
      ...(token !== undefined && { next: { token } }),
    };
  };
  return { pager: { isOrdered: true, hasVersions: false, page }, close: () => client.destroy() };
}

let requests = 0;
const tally = openTally({ ...options, versions: 'all' });
const opened = await (who === 'sdk' ? openSdk() : openBucketLister(bucket, reach, false));
const { objects } = await listLive({
  pager: opened.pager,
  prefix: '',
  parallel: Number(streams),
  take: (batch) => tally.addBatch(batch, bucket),
  onProgress: ({ pages }) => {
    requests = pages;
  },
});
const [total] = summarise(mergeParts([tally.part()])).totals;
const seconds = performance.now() / 1000;
const { user, system } = process.cpuUsage();
if (Number(total?.objects) !== objects) throw new Error(`${total?.objects} tallied of ${objects}`);
console.error(`    ${who}: ${objects} keys, ${requests} pages, fewest possible ${Math.ceil(objects / 1000)}`);
console.log(`${seconds} ${(user + system) / 1e6} ${objects}`);
opened.close();
