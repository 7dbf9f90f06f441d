import t from 'tap';
import { checked } from '../../src/documents.js';
import { monthlyBill } from '../../src/pricing/monthly-bill.js';
import { type UsageDocument, usageFromDocument } from '../../src/pricing/usage-document.js';
import { usageSchema } from '../../src/pricing/usage-schema.js';
import {
  bySchema,
  changed,
  full,
  given,
  type Json,
  leaves,
  named,
  type Path,
  values,
  without,
  withValue,
} from './document-paths.js';
import { fullCard } from './full-document.js';
import { refusal } from './month.js';

const read = (document: unknown) =>
  usageFromDocument(checked<UsageDocument>(usageSchema, document, 'u.yaml', 'DOCUMENT_INVALID'), 'u.yaml');
const priced = (document: unknown): string => JSON.stringify(monthlyBill(read(document), fullCard()));

t.test('the full document uses every property of the schema, and is taken', async (t) => {
  const used = new Set([...values(full())].map(([path]) => named(path)));
  t.same(
    [...bySchema.keys()].filter((path) => !used.has(path)),
    [],
  );
  t.equal(bySchema.size, 129);
  t.doesNotThrow(() => priced(full()));
});

/** The other objects of a list of sizes, with the same totals. */
const evened = [{ objectBytes: 150_000, objects: 2 }];

/** What else must change with a value so that the document does not contradict itself. */
function otherwise(path: Path, value: unknown): unknown {
  const at = named(path);
  const schema = bySchema.get(at)!;
  if (/\.sizes\./.test(at)) return withValue(path.slice(0, path.indexOf('sizes') + 1), evened);
  if (at === 'restores.accessTier') return withValue(path, 'DEEP_ARCHIVE_ACCESS');
  if (at === 'restores.class' && value === 'INTELLIGENT_TIERING')
    return changed(path, (holder) => {
      holder.class = 'DEEP_ARCHIVE' as unknown as Json;
      delete holder.accessTier;
    });
  if (at === 'restores.class')
    return changed(path, (holder) => Object.assign(holder, { class: 'DEEP_ARCHIVE', speed: 'BULK' }));
  if (at === 'restores.speed') return withValue(path, value === 'STANDARD' ? 'EXPEDITED' : 'STANDARD');
  if (at === 'storage.class' && value === 'INTELLIGENT_TIERING')
    return changed(path, (holder) => {
      holder.class = 'STANDARD' as unknown as Json;
      delete holder.accessTier;
    });
  if (at === 'requests.class')
    return changed(path, (holder) => {
      holder.class = 'GLACIER_IR' as unknown as Json;
      delete holder.uploadBytes;
    });
  if (at === 'region') return withValue(path, 'us-west-2');
  if (at === 'month') return withValue(path, '2026-12');
  if (at === 'transfer.crossRegion.to') return withValue(path, 'us-east-2');
  if (typeof value === 'boolean') return withValue(path, !value);
  if (schema.enum)
    return withValue(
      path,
      schema.enum.find((one) => one !== value),
    );
  return changed(path, (holder, name) => {
    holder[name] = (Number(value) * 2 + 1) as unknown as Json;
    if (name !== 'daysStored') delete holder.sizes;
  });
}

/** Held by the one value there is. */
const constant = ['queries.engine'];

t.test('every field is priced: with another value of it the bill is another', async (t) => {
  const before = priced(full());
  for (const [path, value] of leaves) {
    if (constant.includes(named(path))) continue;
    const document = otherwise(path, value);
    if (/^(?:storage|transitions|earlyDeletes)\.(?:objects|bytes)$/.test(named(path))) {
      // Without its sizes the document is another already: compared with the one that lost nothing else.
      const bare = without([...path.slice(0, -1), 'sizes']);
      t.not(priced(document), priced(bare), path.join('.'));
    } else t.not(priced(document), before, path.join('.'));
  }
  t.ok(leaves.length > 110);
});

t.test('every tier offset is priced', async (t) => {
  const before = priced(full());
  for (const name of Object.keys(full().tierOffsetGB!))
    t.not(priced(withValue(['tierOffsetGB', name], '20000')), before, name);
});

t.test('what may be left out may be, and what must be there is missed by name', async (t) => {
  const required: string[] = [];
  for (const [path] of given) {
    const answer = refusal(() => read(without(path)));
    if (answer === 'nothing was refused') continue;
    required.push(named(path));
    const at = path.slice(0, -1).join('.') || 'the document';
    const belongs =
      named(path) === 'restores.accessTier'
        ? `${at}.accessTier: is missing: ARCHIVE_ACCESS or DEEP_ARCHIVE_ACCESS`
        : `${at}: ${path.at(-1)} is missing`;
    t.equal(answer, `DOCUMENT_INVALID: u.yaml: ${belongs}.`);
  }
  t.same(
    [...new Set(required)],
    [
      'region',
      'month',
      'storage.class',
      'storage.objects',
      'storage.bytes',
      'storage.sizes.objectBytes',
      'storage.sizes.objects',
      'multipartRemains.class',
      'multipartRemains.bytes',
      'requests.class',
      'requests.multipart.uploads',
      'requests.multipart.parts',
      'transitions.to',
      'transitions.objects',
      'transitions.sizes.objectBytes',
      'transitions.sizes.objects',
      'retrieval.class',
      'retrieval.bytes',
      'restores.class',
      'restores.objects',
      'restores.bytes',
      'restores.accessTier',
      'earlyDeletes.class',
      'earlyDeletes.objects',
      'earlyDeletes.bytes',
      'earlyDeletes.sizes.objectBytes',
      'earlyDeletes.sizes.objects',
      'earlyDeletes.daysStored',
      'transfer.crossRegion.to',
      'transfer.crossRegion.bytes',
      'queries.engine',
      'queries.count',
      'queries.bytesScannedEach',
      'firehose.bytes',
      'lambda.requests',
      'lambda.memoryMiB',
      'lambda.durationMs',
    ],
  );
});

t.test('an unknown key is refused beside the known one it is near to', async (t) => {
  for (const [path] of given) {
    const name = path.at(-1) as string;
    const document = changed(path, (holder) => {
      holder[`${name}Q`] = holder[name]!;
      delete holder[name];
    });
    const at = path.slice(0, -1).join('.') || 'the document';
    t.equal(
      refusal(() => read(document)),
      `DOCUMENT_INVALID: u.yaml: ${at}: unknown key "${name}Q", did you mean "${name}"?`,
    );
  }
});

t.test('one, or a list of one, is the same', async (t) => {
  for (const name of ['queries', 'multipartRemains']) {
    const one = withValue([name], (full()[name] as unknown as readonly unknown[])[0]);
    t.equal(priced(one), priced(full()), name);
  }
});
