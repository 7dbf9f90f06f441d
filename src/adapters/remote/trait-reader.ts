/** Watches what a reader gives out, and remembers of each source what its text holds; an engine asks for it later. */
import { traitScanner } from '../../compaction/csv-traits.js';
import type { SourceReader, StoredObject, TextTraits } from '../../compaction/ports.js';
import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';

export interface TraitReader extends SourceReader {
  /** Errors: UNEXPECTED for a source that was not read to its end. */
  traitsOf(source: StoredObject): TextTraits;
}

export function openTraitReader(
  inner: SourceReader,
  csv: { readonly header: boolean; readonly delimiter: string },
): TraitReader {
  const known = new Map<string, TextTraits>();
  const name = ({ key, etag }: StoredObject): string => `${key}\0${etag}`;
  const watched = async function* (source: StoredObject, gzip: 'auto' | 'gzip' | 'none') {
    const scanner = traitScanner(csv);
    for await (const chunk of inner.stream(source, gzip)) {
      scanner.take(chunk);
      yield chunk;
    }
    known.set(name(source), scanner.end());
  };
  return {
    // Read a second time it says nothing new.
    stream: (source, gzip) => (known.has(name(source)) ? inner.stream(source, gzip) : watched(source, gzip)),
    rewritten: inner.rewritten,
    release: async (sources) => {
      for (const source of sources) known.delete(name(source));
      await inner.release(sources);
    },
    traitsOf: (source) =>
      known.get(name(source)) ?? raise('UNEXPECTED', { why: `${printable(source.key)} was not read before` }),
  };
}
