/** Who is told, and of what: the `notify` part of bucketwise.yaml. */
import { raise } from '../kernel/errors.js';

export const noticeKinds = ['failure', 'refused', 'digest'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export interface NotifyConfig {
  /** The variable that holds the webhook's address, which is a secret and stands in no file. */
  readonly slackWebhookEnv?: string;
  readonly snsTopicArn?: string;
  readonly on: readonly NoticeKind[];
  /** The hour of the day, UTC, from which the digest of the last 24 hours is sent. */
  readonly digestHour: number;
}

export const notifySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    slackWebhookEnv: {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      mustBe: 'the name of an environment variable, not the address itself',
    },
    snsTopicArn: {
      type: 'string',
      pattern: '^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$',
      mustBe: 'the ARN of a standard topic, as arn:aws:sns:us-east-1:123456789012:name',
    },
    on: { type: 'array', items: { enum: noticeKinds }, default: ['failure', 'refused'] },
    digestHour: { type: 'integer', minimum: 0, maximum: 23, default: 6 },
  },
} as const;

/** Errors: CONFIG_INVALID when nobody is named. */
export function notifyOf(raw: NotifyConfig | undefined, source: string): NotifyConfig | undefined {
  if (raw && raw.slackWebhookEnv === undefined && raw.snsTopicArn === undefined)
    raise('CONFIG_INVALID', {
      source,
      field: 'notify',
      why: 'names neither slackWebhookEnv nor snsTopicArn',
    });
  return raw;
}
