import t from 'tap';
import type { StorageClass } from '../../src/kernel/s3.js';
import type { RequestUsage } from '../../src/pricing/usage.js';
import { assumed, GB, refusal, rows } from './month.js';

const made = (name: StorageClass, more: Partial<RequestUsage> = {}): RequestUsage => ({
  class: name,
  put: 0n,
  list: 0n,
  get: 0n,
  delete: 0n,
  ...more,
});
const freeDelete =
  'DELETE and CANCEL requests are free; removing an object before its minimum duration is not.';

for (const [name, put, get, putUsd, getUsd] of [
  ['STANDARD', 'Requests-Tier1', 'Requests-Tier2', '0.005', '0.0004'],
  ['STANDARD_IA', 'Requests-SIA-Tier1', 'Requests-SIA-Tier2', '0.01', '0.001'],
  ['ONEZONE_IA', 'Requests-ZIA-Tier1', 'Requests-ZIA-Tier2', '0.01', '0.001'],
  ['INTELLIGENT_TIERING', 'Requests-INT-Tier1', 'Requests-INT-Tier2', '0.005', '0.0004'],
  ['GLACIER_IR', 'Requests-GIR-Tier1', 'Requests-GIR-Tier2', '0.02', '0.01'],
  ['GLACIER', 'Requests-GLACIER-Tier1', 'Requests-GLACIER-Tier2', '0.03', '0.0004'],
  ['DEEP_ARCHIVE', 'Requests-GDA-Tier1', 'Requests-GDA-Tier2', '0.05', '0.0004'],
  ['EXPRESS_ONEZONE', 'Requests-XZ-Tier1', 'Requests-XZ-Tier2', '0.00113', '0.00003'],
  ['REDUCED_REDUNDANCY', 'Requests-Tier1', 'Requests-Tier2', '0.005', '0.0004'],
] as const)
  t.test(`PUT, GET and DELETE of ${name} are lines of their own`, async (t) => {
    t.same(rows({ requests: [made(name, { put: 1000n, get: 1000n, delete: 7n })] }), [
      ['put', `PUT, COPY, POST, ${name}`, put, 'PutObject', name, '1000 request', putUsd, ''],
      ['get', `GET, HEAD, ${name}`, get, 'GetObject', name, '1000 request', getUsd, ''],
      ['put', `DELETE, ${name}`, '', 'DeleteObject', name, '7 request', '0', freeDelete],
    ]);
  });

t.test('nothing asked is no line, even of a class that is not sold here', async (t) => {
  t.same(rows({ region: 'eu-central-1', requests: [made('EXPRESS_ONEZONE')] }), []);
  for (const asked of ['put', 'get', 'list', 'delete', 'head', 'uploadBytes'] as const)
    t.equal(
      refusal(() => rows({ region: 'eu-central-1', requests: [made('EXPRESS_ONEZONE', { [asked]: 1n })] })),
      `PRICE_MISSING: There is no price for EXPRESS_ONEZONE ${
        { head: 'get', uploadBytes: 'upload' }[asked as string] ?? asked
      } per ${asked === 'uploadBytes' ? 'GB' : 'request'} (not sold as of 2025-10-22) in eu-central-1.`,
    );
});

t.test('HEAD counted apart has the price of GET and a line of its own', async (t) => {
  t.same(rows({ requests: [made('STANDARD_IA', { get: 1000n, head: 2000n })] }), [
    [
      'get',
      'GET, STANDARD_IA',
      'Requests-SIA-Tier2',
      'GetObject',
      'STANDARD_IA',
      '1000 request',
      '0.001',
      '',
    ],
    [
      'get',
      'HEAD, STANDARD_IA',
      'Requests-SIA-Tier2',
      'HeadObject',
      'STANDARD_IA',
      '2000 request',
      '0.002',
      'HEAD is billed as GET.',
    ],
  ]);
  t.same(
    rows({ requests: [made('STANDARD', { get: 1n, head: 0n })] }).map(([, name]) => name),
    ['GET, HEAD, STANDARD'],
  );
});

t.test('a multipart upload of n parts is n + 2 requests', async (t) => {
  const multipart = { uploads: 1000n, parts: 5000n };
  const note = '1,000 multipart uploads of 5,000 parts are 7,000 requests.';
  for (const [name, type, usd] of [
    ['STANDARD', 'Requests-Tier1', ['0.005', '0.025', '0.005']],
    ['GLACIER_IR', 'Requests-GIR-Tier1', ['0.02', '0.1', '0.02']],
    ['GLACIER', 'Requests-GLACIER-Tier1', ['0.005', '0.025', '0.03']],
    ['DEEP_ARCHIVE', 'Requests-GDA-Tier1', ['0.005', '0.025', '0.05']],
  ] as const)
    t.same(rows({ requests: [made(name, { multipart })] }), [
      [
        'put',
        `Multipart, begin, ${name}`,
        type,
        'InitiateMultipartUpload',
        name,
        '1000 request',
        usd[0],
        note,
      ],
      ['put', `Multipart, parts, ${name}`, type, 'UploadPart', name, '5000 request', usd[1], note],
      [
        'put',
        `Multipart, complete, ${name}`,
        type,
        'CompleteMultipartUpload',
        name,
        '1000 request',
        usd[2],
        note,
      ],
    ]);
  t.same(rows({ requests: [made('STANDARD', { multipart: { uploads: 0n, parts: 0n } })] }), []);
});

t.test('EXPRESS_ONEZONE charges for every byte put', async (t) => {
  t.same(rows({ requests: [made('EXPRESS_ONEZONE', { uploadBytes: 10n * GB })] }), [
    [
      'put',
      'Upload, EXPRESS_ONEZONE',
      'Upload-XZ',
      'PutObject',
      'EXPRESS_ONEZONE',
      '10 GB',
      '0.032',
      'EXPRESS_ONEZONE charges for every byte put, whatever the size of the object.',
    ],
  ]);
});

t.test('a 403 is billed as GET unless it was asked from outside', async (t) => {
  const denied = (own: bigint, outside: bigint, unknown: bigint) => ({
    requests: [made('GLACIER_IR', { accessDenied: { own, outside, unknown } })],
  });
  const line = (asked: string, usd: string, note: string) => [
    [
      'get',
      'Access denied (403), GLACIER_IR',
      'Requests-GIR-Tier2',
      'GetObject',
      'GLACIER_IR',
      `${asked} request`,
      usd,
      note,
    ],
  ];
  const billed = 'Answers 403 to the own account are billed as GET.';
  const unknown =
    '2,000 answers 403 of GLACIER_IR are billed: it is not known who asked (from outside the account and organization they are free).';
  t.same(rows(denied(1000n, 0n, 0n)), line('1000', '0.01', billed));
  t.same(assumed(denied(1000n, 0n, 0n)), []);
  t.same(
    rows(denied(1000n, 5000n, 2000n)),
    line('3000', '0.03', `${billed} 5,000 more, asked from outside, are free.`),
  );
  t.same(assumed(denied(1000n, 5000n, 2000n)), [unknown]);
  t.same(rows(denied(0n, 5000n, 0n)), []);
  t.same(assumed(denied(0n, 5000n, 0n)), []);
  t.same(rows(denied(0n, 0n, 2000n)), line('2000', '0.02', billed));
});

t.test('that DeleteObjects is free like DELETE is said to be assumed', async (t) => {
  t.same(assumed({ requests: [made('STANDARD', { delete: 1n })] }), [
    'A DeleteObjects request is taken to be free like DELETE; AWS does not say so of it.',
  ]);
  t.same(assumed({ requests: [made('STANDARD', { put: 1n, get: 1n, list: 1n })] }), []);
});

const list = (amount: string, usd: string, note: string) => [
  'list',
  'LIST',
  'Requests-Tier1',
  'ListBucket',
  '',
  `${amount} request`,
  usd,
  note,
];

t.test('LIST is one line at the price of STANDARD, after all the others', async (t) => {
  t.same(rows({ requests: [made('STANDARD', { list: 1000n })] }), [list('1000', '0.005', '')]);
  t.same(
    rows({
      requests: [
        made('GLACIER_IR', { list: 1000n }),
        made('STANDARD', { list: 1000n, put: 1000n }),
        made('STANDARD_IA', { list: 1000n }),
        made('GLACIER_IR', { list: 1000n }),
        made('DEEP_ARCHIVE'),
      ],
    }),
    [
      [
        'put',
        'PUT, COPY, POST, STANDARD',
        'Requests-Tier1',
        'PutObject',
        'STANDARD',
        '1000 request',
        '0.005',
        '',
      ],
      list('4000', '0.02', 'LIST is billed at the price of STANDARD, also for GLACIER_IR, STANDARD_IA.'),
    ],
  );
});

t.test('LIST of a directory bucket has a price of its own', async (t) => {
  const requests = [made('EXPRESS_ONEZONE', { list: 2000n }), made('STANDARD', { list: 1000n })];
  t.same(rows({ requests }), [
    list('1000', '0.005', ''),
    [
      'list',
      'LIST, EXPRESS_ONEZONE',
      'Requests-XZ-Tier1',
      'ListBucket',
      'EXPRESS_ONEZONE',
      '2000 request',
      '0.00226',
      '',
    ],
  ]);
  t.same(assumed({ requests }), [
    'LIST of a directory bucket is priced by its own Tier1 row, which AWS titles "PUT, COPY, POST, LIST".',
  ]);
});

t.test('requests come class by class, in the order given', async (t) => {
  const all = {
    put: 1n,
    get: 1n,
    head: 1n,
    delete: 1n,
    list: 1n,
    accessDenied: { own: 1n, outside: 0n, unknown: 0n },
  };
  t.same(
    rows({
      requests: [
        made('EXPRESS_ONEZONE', { ...all, uploadBytes: 1n, multipart: { uploads: 1n, parts: 1n } }),
        made('STANDARD', { put: 1n }),
      ],
    }).map(([, name]) => name),
    [
      'PUT, COPY, POST, EXPRESS_ONEZONE',
      'Multipart, begin, EXPRESS_ONEZONE',
      'Multipart, parts, EXPRESS_ONEZONE',
      'Multipart, complete, EXPRESS_ONEZONE',
      'Upload, EXPRESS_ONEZONE',
      'GET, EXPRESS_ONEZONE',
      'HEAD, EXPRESS_ONEZONE',
      'Access denied (403), EXPRESS_ONEZONE',
      'DELETE, EXPRESS_ONEZONE',
      'PUT, COPY, POST, STANDARD',
      'LIST, EXPRESS_ONEZONE',
    ],
  );
});
