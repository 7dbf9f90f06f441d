/** What Athena's API is sent and answers: the words of its refusals, the forms of its executions and workgroups. */
import type { Fault } from './runner.js';

export interface WorkgroupSettings {
  readonly enforced?: boolean;
  readonly managed?: boolean;
  readonly disabled?: boolean;
  readonly version?: string;
  readonly output?: string;
}

export interface Sent {
  readonly QueryString: string;
  readonly ClientRequestToken: string;
  readonly WorkGroup: string;
  readonly ResultConfiguration?: { readonly OutputLocation?: string };
  readonly QueryExecutionId: string;
  readonly DatabaseName?: string;
  readonly TableName?: string;
}

export type Refused = {
  readonly status: number;
  readonly name: string;
  readonly message: string;
  readonly extra?: object;
};

export const quotaWords =
  'You have exceeded the limit for the number of queries you can run concurrently. Please reduce the number of concurrent queries submitted by this account.';
const enforcedWords =
  "The Create Table As Select query failed because it was submitted with an 'external_location' property to an Athena Workgroup that enforces a centralized output location for all queries. Please remove the 'external_location' property and resubmit the query.";
export const stoppedFault: Fault = {
  category: 2,
  type: 1011,
  retryable: false,
  words: 'Query cancelled by user',
};

/** What StartQueryExecution refuses before there is an execution. */
export function refusalOf(
  sent: Sent,
  group: WorkgroupSettings,
  invalid: (message: string) => Refused,
): Refused | undefined {
  const { QueryString: sql, ClientRequestToken: token = '' } = sent;
  if (Buffer.byteLength(sql) > 262_144)
    return invalid(
      "1 validation error detected: Value at 'queryString' failed to satisfy constraint: Member must have length less than or equal to 262144",
    );
  if (token.length < 32 || token.length > 128)
    return invalid(
      "1 validation error detected: Value at 'clientRequestToken' failed to satisfy constraint: Member must have length between 32 and 128",
    );
  if (group.disabled) return invalid(`WorkGroup ${sent.WorkGroup} is disabled`);
  const output = sent.ResultConfiguration?.OutputLocation;
  if (group.managed && output !== undefined)
    return invalid('OutputLocation is not allowed for a workgroup with managed query results');
  if (output === undefined && group.output === undefined && !group.managed && !group.enforced)
    return invalid(
      'No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.',
    );
  return group.enforced && /^CREATE TABLE .*external_location/.test(sql) ? invalid(enforcedWords) : undefined;
}

export const failedExecution = (
  id: string,
  state: string,
  { category, type, retryable, words }: Fault,
  statistics: object,
): object => ({
  QueryExecution: {
    QueryExecutionId: id,
    Status: {
      State: state,
      StateChangeReason: words,
      AthenaError: { ErrorCategory: category, ErrorType: type, Retryable: retryable, ErrorMessage: words },
    },
    Statistics: statistics,
  },
});

export const workgroupOf = (name: string, group: WorkgroupSettings): object => ({
  Name: name,
  State: group.disabled ? 'DISABLED' : 'ENABLED',
  Configuration: {
    EnforceWorkGroupConfiguration: group.enforced ?? false,
    EngineVersion: { EffectiveEngineVersion: group.version ?? 'Athena engine version 3' },
    ...(group.output === undefined ? {} : { ResultConfiguration: { OutputLocation: group.output } }),
    ...(group.managed ? { ManagedQueryResultsConfiguration: { Enabled: true } } : {}),
  },
});
