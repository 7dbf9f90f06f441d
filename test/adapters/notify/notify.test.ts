import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { openSlack } from '../../../src/adapters/notify/slack.js';
import { openSns } from '../../../src/adapters/notify/sns.js';
import { withCredentials } from '../aws/stub-server.js';

async function listening(t: Test, status: number, answer: string) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(status, { 'content-type': 'text/xml', location: 'http://127.0.0.1:1/' }).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/T0/secret`, bodies };
}

const notice = { subject: 'clicks: 1 hour failed', text: 'hour=05: a<!channel> & b' };

t.test('Slack gets the text; what looks like a mention is text', async (t) => {
  const { address, bodies } = await listening(t, 200, 'ok');
  await openSlack(address, 'SLACK_URL').send(notice);
  t.same(JSON.parse(bodies[0]!), {
    text: '*clicks: 1 hour failed*\nhour=05: a&lt;!channel&gt; &amp; b',
  });
});

t.test('an answer that is no success is an error that does not tell the secret address', async (t) => {
  for (const status of [404, 500, 302]) {
    const { address } = await listening(t, status, 'no_service');
    const error = await openSlack(address, 'SLACK_URL')
      .send(notice)
      .catch((thrown: Error) => thrown);
    t.match(error, { code: 'NOTICE_FAILED' });
    t.notMatch(String(error?.message), 'secret');
  }
  await t.rejects(openSlack('http://127.0.0.1:1/secret', 'SLACK_URL').send(notice), {
    message: 'Slack could not be told: it could not be reached.',
  });
});

t.test('a webhook is https, or on this machine; an unset variable is named', async (t) => {
  t.throws(() => openSlack('http://hooks.example.com/x', 'SLACK_URL'), {
    code: 'CONFIG_INVALID',
    message: /SLACK_URL holds no https address/,
  });
  t.throws(() => openSlack('no address', 'SLACK_URL'), { code: 'CONFIG_INVALID' });
  t.throws(() => openSlack(undefined, 'SLACK_URL'), { message: /the variable SLACK_URL is not set/ });
});

const topicArn = 'arn:aws:sns:eu-west-2:123456789012:bucketwise';

t.test('SNS gets subject and text, in the Region of the topic', async (t) => {
  withCredentials(t);
  const { address, bodies } = await listening(
    t,
    200,
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
  );
  await openSns({ topicArn, endpointUrl: address }).send(notice);
  const sent = new URLSearchParams(bodies[0]);
  t.equal(sent.get('TopicArn'), topicArn);
  t.equal(sent.get('Subject'), notice.subject);
  t.equal(sent.get('Message'), notice.text);
});

t.test('a topic that refuses is an error with its words', async (t) => {
  withCredentials(t);
  const { address } = await listening(
    t,
    403,
    '<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>not allowed</Message></Error></ErrorResponse>',
  );
  await t.rejects(openSns({ topicArn, endpointUrl: address }).send(notice), {
    code: 'NOTICE_FAILED',
    message: /AuthorizationError.*not allowed/,
  });
});
