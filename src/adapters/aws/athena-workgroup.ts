/** What the workgroup allows is asked before anything is submitted. Athena User Guide, "Override client-side settings". */
import { type AthenaClient, GetWorkGroupCommand } from '@aws-sdk/client-athena';
import { raise } from '../../kernel/errors.js';
import { athenaFailed } from './athena-errors.js';

export interface Workgroup {
  /** A table may not say where it lies: what is written is unloaded instead. */
  readonly usesUnload: boolean;
  /** What a statement is submitted with; undefined where the workgroup decides. */
  readonly output: string | undefined;
  /** It keeps results where nobody reads them but by pages of 1,000 rows. */
  readonly isManaged: boolean;
}

/** Errors: ENGINE_UNAVAILABLE with what to change, PERMISSION_DENIED, those of `athenaFailed`. */
export async function workgroup(
  client: AthenaClient,
  name: string,
  output: string | undefined,
): Promise<Workgroup> {
  const { WorkGroup } = await client
    .send(new GetWorkGroupCommand({ WorkGroup: name }))
    .catch((cause: unknown) => athenaFailed('athena:GetWorkGroup', cause));
  const { EnforceWorkGroupConfiguration, ResultConfiguration, ManagedQueryResultsConfiguration, ...rest } =
    WorkGroup?.Configuration ?? {};
  if (WorkGroup?.State === 'DISABLED')
    unusable(name, 'it is disabled', 'Enable it, or name another workgroup.');
  const version = rest.EngineVersion?.EffectiveEngineVersion;
  if (version !== undefined && !/version 3$/.test(version))
    unusable(name, `it runs ${version}`, 'Compaction needs Athena engine version 3.');
  const isManaged = ManagedQueryResultsConfiguration?.Enabled === true;
  const decides = isManaged || EnforceWorkGroupConfiguration === true;
  if (!decides && output === undefined && !ResultConfiguration?.OutputLocation)
    unusable(
      name,
      'neither it nor the config says where results go',
      'Set engines.athena.output to s3://bucket/prefix/.',
    );
  return {
    usesUnload: decides,
    output: decides ? undefined : output,
    isManaged,
  };
}

const unusable = (name: string, why: string, hint: string): never =>
  raise('ENGINE_UNAVAILABLE', { engine: 'athena', why: `workgroup "${name}": ${why}`, hint });
