/** A table of Glue, described through Athena, which asks Glue for it. Athena API Reference, "GetTableMetadata". */
import { type AthenaClient, GetTableMetadataCommand, type TableMetadata } from '@aws-sdk/client-athena';
import type { TableName } from '../../kernel/sql-text.js';
import { athenaFailed } from './athena-errors.js';

/** Undefined when there is none. Errors: PERMISSION_DENIED, and those of `athenaFailed`. */
export async function glueTable(
  client: AthenaClient,
  { database, table }: TableName,
  workgroup: string | undefined,
): Promise<TableMetadata | undefined> {
  try {
    const { TableMetadata } = await client.send(
      new GetTableMetadataCommand({
        CatalogName: 'AwsDataCatalog',
        DatabaseName: database,
        TableName: table,
        ...(workgroup === undefined ? {} : { WorkGroup: workgroup }),
      }),
    );
    return TableMetadata;
  } catch (cause) {
    const { name = '', message = '' } = cause as { name?: string; message?: string };
    if (/MetadataException|EntityNotFound/.test(name) && /EntityNotFound|not found/i.test(message))
      return undefined;
    return athenaFailed('athena:GetTableMetadata and glue:GetTable', cause);
  }
}
