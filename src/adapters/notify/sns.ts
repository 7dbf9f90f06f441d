/** A message to an SNS topic, in the topic's own Region. */
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { raise } from '../../kernel/errors.js';
import type { Notifier } from '../../schedule/ports.js';

export interface SnsOptions {
  readonly topicArn: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

/** Errors: NOTICE_FAILED. */
export function openSns({ topicArn, profile, endpointUrl }: SnsOptions): Notifier {
  const client = new SNSClient({
    region: topicArn.split(':')[3]!,
    maxAttempts: 3,
    ...(profile === undefined ? {} : { profile }),
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
  });
  return {
    name: 'SNS',
    send: async ({ subject, text }) => {
      await client
        .send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text }))
        .catch((cause: Error) =>
          raise('NOTICE_FAILED', { to: 'SNS', why: `${cause.name}: ${cause.message}` }, cause),
        );
    },
  };
}
