/** GetTableMetadata as Athena answers it for a table of Glue, taken from the words that made the table. */
import type { Refused } from './answers.js';

export function tableMetadata(name: string, ddl: string | undefined): { answer: object } | Refused {
  if (ddl === undefined)
    return {
      status: 400,
      name: 'MetadataException',
      message: `EntityNotFoundException (Service: AWSGlue; Status Code: 400; Error Code: EntityNotFoundException): Entity Not Found: ${name}`,
    };
  const [columns = '', rest = ''] = ddl.split(/\)\s*(?:COMMENT '[^']*'\s*)?PARTITIONED BY\s*\(/);
  const keys = /^([\s\S]*?)\n?\)\s*(?:\n|$)/.exec(rest)?.[1] ?? '';
  const quotedAt = (word: string): string | undefined => new RegExp(`${word}\\s+'([^']*)'`).exec(ddl)?.[1];
  const properties = [...ddl.matchAll(/'([\w.]+)'\s*=\s*'([^']*)'/g)].map((match) => [match[1], match[2]]);
  return {
    answer: {
      TableMetadata: {
        Name: name.split('.')[1],
        TableType: 'EXTERNAL_TABLE',
        Columns: fields(columns),
        PartitionKeys: fields(keys),
        Parameters: {
          ...Object.fromEntries(properties),
          location: quotedAt('LOCATION'),
          inputformat: quotedAt('INPUTFORMAT'),
          'serde.serialization.lib': quotedAt('SERDE'),
        },
      },
    },
  };
}

/** "`id` bigint", one a line, as SHOW CREATE TABLE writes them. */
const fields = (text: string): { Name: string; Type: string }[] =>
  [...text.matchAll(/^\s*`([^`]+)`\s+(.+?),?\s*$/gm)].map(([, Name = '', Type = '']) => ({
    Name,
    Type: Type.replace(/ COMMENT '.*'$/, ''),
  }));
