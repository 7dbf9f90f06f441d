/** Whoever is to be told, each loaded when first named. */
import type { Notifier } from '../../schedule/ports.js';

export interface NotifierOptions {
  /** The variable that holds the address of a Slack webhook. */
  readonly slackWebhookEnv?: string | undefined;
  readonly snsTopicArn?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly profile?: string | undefined;
}

/** Errors: CONFIG_INVALID when the variable named for Slack holds no address. */
export async function openNotifiers(options: NotifierOptions): Promise<readonly Notifier[]> {
  const { slackWebhookEnv: variable, snsTopicArn: topicArn, environment, profile } = options;
  const [slack, sns] = await Promise.all([
    variable === undefined ? undefined : import('./slack.js'),
    topicArn === undefined ? undefined : import('./sns.js'),
  ]);
  return [
    ...(slack ? [slack.openSlack(environment[variable!], variable!)] : []),
    ...(sns ? [sns.openSns({ topicArn: topicArn!, ...(profile === undefined ? {} : { profile }) })] : []),
  ];
}
