/** A bucket says in every answer which Region it lies in; a redirect the SDK follows without a word would hide it. */
import type { S3Client } from '@aws-sdk/client-s3';

/** "x-amz-bucket-region" of the last answer that had one (S3 API Reference, HeadBucket and ListObjectsV2). */
export function watchBucketRegion(client: S3Client): () => string | undefined {
  let region: string | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { headers } = answer.response as { readonly headers?: Readonly<Record<string, string>> };
      region = headers?.['x-amz-bucket-region'] ?? region;
      return answer;
    },
    { step: 'deserialize', name: 'bucketRegion', priority: 'low' },
  );
  return () => region;
}
