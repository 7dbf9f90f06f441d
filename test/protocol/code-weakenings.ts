/** The real code with one rule dropped, by what its ports or its clean-up do instead; the driven sequences must find each out. */
import { attemptsRoot, pointerKey } from '../../src/compaction/partition.js';
import type { CompactionPorts } from '../../src/compaction/ports.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { hour } from '../compaction/fake-world.js';

export interface CodeWeakening {
  readonly name: string;
  readonly table?: (of: CompactionTable) => CompactionTable;
  /** What a process sees instead of its ports; asked once a process. */
  readonly ports?: (ports: CompactionPorts, of: CompactionTable) => CompactionPorts;
  readonly clean?: (ports: CompactionPorts, of: CompactionTable) => Promise<unknown>;
  /** What is said of it. */
  readonly fault: RegExp;
}

type Target = CompactionPorts['target'];
const withTarget = (ports: CompactionPorts, change: Partial<Target>): CompactionPorts => ({
  ...ports,
  target: { ...ports.target, ...change },
});

const isPointer = (of: CompactionTable, key: string): boolean => key === pointerKey(of, hour(3));
const textOf = (body: Uint8Array): string => new TextDecoder().decode(body);

/** Whatever stands there is replaced. */
function plainPut({ target }: CompactionPorts, of: CompactionTable): Partial<Target> {
  return {
    write: async (key, body, condition) => {
      const there = isPointer(of, key) ? await target.read(key) : undefined;
      return target.write(key, body, there ? { etag: there.etag } : condition);
    },
  };
}

/** The mark is never written, and taken for written. */
function unmarked({ target }: CompactionPorts, of: CompactionTable): Partial<Target> {
  return {
    write: async (key, body, condition) => {
      const isMark = isPointer(of, key) && textOf(body).includes('"retiring": true');
      const there = isMark ? await target.read(key) : undefined;
      return there && !textOf(there.body).includes('"retiring": true')
        ? { outcome: 'written', etag: there.etag }
        : target.write(key, body, condition);
    },
  };
}

/** Who has written the pointer once believes for ever that it is his. */
function neverReread({ target }: CompactionPorts, of: CompactionTable): Partial<Target> {
  let own: { readonly body: Uint8Array; readonly etag: string } | undefined;
  return {
    read: async (key) => (isPointer(of, key) && own ? own : target.read(key)),
    write: async (key, body, condition) => {
      const answer = await target.write(key, body, condition);
      if (isPointer(of, key) && answer.outcome === 'written') own = { body, etag: answer.etag };
      return answer;
    },
  };
}

/** Everything the pointer does not name, whoever may still commit or read it. */
async function eagerClean({ target }: CompactionPorts, of: CompactionTable): Promise<void> {
  const pointer = await target.read(pointerKey(of, hour(3)));
  const named = pointer ? textOf(pointer.body) : '';
  for await (const { objects } of target.list({ prefix: attemptsRoot(of) }))
    for (const object of objects) if (!named.includes(`"${object.key}"`)) await target.remove(object);
}

/** For the same sequences over the code as it is. */
export const sound: CodeWeakening = { name: 'nothing is dropped', fault: /^$/ };

export const codeWeakenings: readonly CodeWeakening[] = [
  {
    name: 'pointer by plain PUT',
    ports: (ports, of) => withTarget(ports, plainPut(ports, of)),
    fault: /the pointer was replaced by one that does not follow it/,
  },
  {
    name: 'delete without If-Match',
    ports: (ports) => ({
      ...ports,
      source: {
        ...ports.source,
        remove: async (object, how) => {
          let etag = object.etag;
          for await (const { objects } of ports.source.list({ prefix: object.key }))
            if (how !== 'unseen') etag = objects.find(({ key }) => key === object.key)?.etag ?? etag;
          return ports.source.remove({ ...object, etag }, how);
        },
      },
    }),
    fault: /a source is deleted (?:that no generation covers|before its generation is old enough)/,
  },
  { name: 'eager clean-up of attempts', clean: eagerClean, fault: /which is not there/ },
  {
    name: 'publish without reading the pointer again',
    ports: (ports, of) => withTarget(ports, neverReread(ports, of)),
    fault: /the folder is not what the pointer says/,
  },
  {
    name: 'delete without a mark in the pointer',
    ports: (ports, of) => withTarget(ports, unmarked(ports, of)),
    fault: /a source is deleted before the pointer says so/,
  },
  {
    name: 'no grace for sources',
    table: (of) => ({ ...of, sources: { ...of.sources, graceMs: 0 } }),
    fault: /a source is deleted before its generation is old enough/,
  },
  {
    name: 'a renamed source added like any other',
    table: (of) => ({ ...of, source: { ...of.source, sameBytes: 'add' } }),
    fault: /sees a row twice/,
  },
];
