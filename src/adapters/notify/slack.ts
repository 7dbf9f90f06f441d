/** A message to a Slack webhook; its address is a secret and stands in no error. */

import { raise } from '../../kernel/errors.js';
import type { Notifier } from '../../schedule/ports.js';

const patienceMs = 10_000;
/** Slack cuts longer texts by itself, in the middle of a line. */
const maxLength = 3500;

/** Errors: NOTICE_FAILED; CONFIG_INVALID for an address that is none. */
export function openSlack(address: string | undefined, variable: string): Notifier {
  const url = addressOf(address, variable);
  return {
    name: 'Slack',
    send: async ({ subject, text }) => {
      const body = JSON.stringify({ text: `*${escaped(subject)}*\n${escaped(text).slice(0, maxLength)}` });
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(patienceMs),
      }).catch((cause: Error) => raise('NOTICE_FAILED', { to: 'Slack', why: whyOf(cause) }));
      // The body is read, or the connection would stay open.
      const said = (await answer.text().catch(() => '')).slice(0, 100);
      if (!answer.ok)
        raise('NOTICE_FAILED', { to: 'Slack', why: `it answered ${answer.status} ${said}`.trim() });
    },
  };
}

/** The cause's message may hold the address. */
const whyOf = (cause: Error): string =>
  cause.name === 'TimeoutError' ? `no answer in ${patienceMs / 1000} s` : 'it could not be reached';

function addressOf(address: string | undefined, variable: string): URL {
  const url = address === undefined || !URL.canParse(address) ? undefined : new URL(address);
  const isLoopback =
    url?.hostname === '127.0.0.1' || url?.hostname === 'localhost' || url?.hostname === '[::1]';
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback))) return url;
  return raise('CONFIG_INVALID', {
    source: 'notify',
    field: 'slackWebhookEnv',
    why: address ? `${variable} holds no https address` : `the variable ${variable} is not set`,
  });
}

/** Slack's own marks: what a key holds is text, never a mention or a link. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
