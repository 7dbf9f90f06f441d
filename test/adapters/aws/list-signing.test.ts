import t from 'tap';
import { percentEncoded, signedGet } from '../../../src/adapters/aws/list-signing.js';

const example = {
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
  region: 'us-east-1',
  now: new Date(Date.UTC(2013, 4, 24)),
};

t.test("AWS's own example of a signed list comes out as AWS prints it", async (t) => {
  const { pathAndQuery, headers } = signedGet(
    { host: 'examplebucket.s3.amazonaws.com', path: '/', query: { prefix: 'J', 'max-keys': '2' } },
    example,
  );
  t.equal(pathAndQuery, '/?max-keys=2&prefix=J');
  t.match(
    headers.authorization,
    /Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7$/,
  );
});

t.test("AWS's own example with a query that has no value comes out as AWS prints it", async (t) => {
  const { headers } = signedGet(
    { host: 'examplebucket.s3.amazonaws.com', path: '/', query: { lifecycle: '' } },
    example,
  );
  t.match(
    headers.authorization,
    /Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543$/,
  );
});

t.test('a session token is sent and signed', async (t) => {
  const credentials = { ...example.credentials, sessionToken: 'token' };
  const { headers } = signedGet({ host: 'h', path: '/', query: {} }, { ...example, credentials });
  t.equal(headers['x-amz-security-token'], 'token');
  t.match(headers.authorization, 'SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token');
});

t.test('whatever a key holds is encoded as S3 decodes it', async (t) => {
  t.equal(percentEncoded("a b+c/d'(é*)!~-_.\u0001"), 'a%20b%2Bc%2Fd%27%28%C3%A9%2A%29%21~-_.%01');
});
