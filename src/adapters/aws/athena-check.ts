/** Whether Athena would take a statement of ours, and Glue has the table it is to be told of; free of charge. */
import type { AthenaClient } from '@aws-sdk/client-athena';
import { athena } from '../../compaction/sql/athena.js';
import { rendered } from '../../compaction/sql/dialect.js';
import { attemptToken } from '../../compaction/sql/statement.js';
import { raise } from '../../kernel/errors.js';
import { type Finding, finding, problem } from '../../kernel/finding.js';
import type { TableName } from '../../kernel/sql-text.js';
import { type AthenaService, execute } from './athena-execution.js';
import { workgroup } from './athena-workgroup.js';
import { glueTable } from './glue-table.js';

export interface AthenaCheck {
  readonly service: AthenaService;
  readonly client: AthenaClient;
  readonly fresh: () => string;
  /** Lists where results go, and says in which Region that bucket lies, if it does; absent where the workgroup decides. */
  readonly results?: () => Promise<string | undefined>;
  readonly catalogTable?: TableName;
  /** In the order of the path. */
  readonly keys: readonly string[];
  readonly publish: 'files' | 'symlink';
}

/** Effects: GetWorkGroup, a LIST of the results, one SHOW TABLES (no charge), GetTableMetadata. */
export async function checkAthena(check: AthenaCheck): Promise<Finding[]> {
  const { client, service, results, catalogTable } = check;
  const { workgroup: name } = service;
  let output = service.output;
  const group = await finding('athena-workgroup', async () => {
    const found = await workgroup(client, name, service.output);
    output = found.output;
    const how = found.usesUnload
      ? 'decides itself where results go, so that hours are written by UNLOAD'
      : 'lets a statement say where it writes: hours are written by CTAS';
    return `workgroup "${name}" ${how}`;
  });
  const isReady = group.outcome === 'ok';
  return [
    group,
    ...(isReady && output !== undefined && results ? [await checkResults(check, output, results)] : []),
    ...(isReady ? [await checkStatement(check, { ...service, output })] : []),
    ...(catalogTable ? [await checkTable(check, catalogTable)] : []),
  ];
}

async function checkResults(
  { client }: AthenaCheck,
  output: string,
  results: () => Promise<string | undefined>,
): Promise<Finding> {
  let there: string | undefined;
  const listed = await finding('athena-results', async () => {
    there = await results();
    return `results can go to ${output}`;
  });
  const here = await client.config.region();
  if (listed.outcome !== 'ok' || there === undefined || there === here) return listed;
  const what = `results go to ${output}, which lies in ${there}, and Athena is asked in ${here}`;
  return problem('athena-results', what, 'Set engines.athena.output to a bucket of the same Region.');
}

const checkStatement = ({ fresh }: AthenaCheck, service: AthenaService): Promise<Finding> =>
  finding('athena-statement', async () => {
    const { database } = service;
    const { sql } = rendered(athena, { kind: 'list tables', database, stem: 'bucketwise_tmp_' });
    const submitted = { sql, token: attemptToken(fresh(), 0) };
    const { state, error } = await execute(service, submitted, AbortSignal.timeout(120_000));
    if (state === 'SUCCEEDED') return `statements run in database "${database}"`;
    const hint = /does not exist|not found/i.test(error.words)
      ? `Make the database "${database}" in Glue, or name another (source.database).`
      : 'Correct what the words say, then ask again.';
    return raise('ENGINE_UNAVAILABLE', { engine: 'athena', why: error.words.slice(0, 300), hint });
  });

async function checkTable(
  { client, service, keys, publish }: AthenaCheck,
  place: TableName,
): Promise<Finding> {
  const name = `${place.database}.${place.table}`;
  let fault: readonly [string, string] | undefined;
  const asked = await finding('glue-table', async () => {
    const found = await glueTable(client, place, service.workgroup);
    const theirs = (found?.PartitionKeys ?? []).map(({ Name }) => Name);
    const { inputformat, ...properties } = found?.Parameters ?? {};
    const readsLists = /SymlinkTextInputFormat$/.test(inputformat ?? '');
    const isProjected = properties['projection.enabled']?.toLowerCase() === 'true';
    if (!found) fault = ['is not there', 'Make it, or leave target.table out of the config.'];
    else if (theirs.join() !== keys.join())
      fault = [`has the keys ${theirs.join(', ') || 'none'}, and hours have ${keys.join(', ')}`, correct];
    else if (readsLists !== (publish === 'symlink'))
      fault = [
        readsLists ? 'reads symlink lists' : 'reads files',
        `Set target.publish to ${readsLists ? 'symlink' : 'files'}, or correct that table.`,
      ];
    return `table ${name} ${isProjected ? 'has partition projection and is told nothing' : 'is told of every hour'}`;
  });
  return fault ? problem('glue-table', `table ${name} ${fault[0]}`, fault[1], 'CATALOG_REFUSED') : asked;
}

const correct = 'Correct its partition keys, or source.partition in the config.';
