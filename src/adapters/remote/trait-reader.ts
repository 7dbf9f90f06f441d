/** Reads sources for an engine that reads them again by itself: nothing is kept but what their texts hold. */
import { traitScanner } from '../../compaction/csv-traits.js';
import type { ObjectStore, SourceReader, StoredObject, TextTraits } from '../../compaction/ports.js';
import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import { uncompressed } from '../files/spool.js';

export interface TraitReader extends SourceReader {
  /** Errors: UNEXPECTED for a source that was not read to its end. */
  traitsOf(source: StoredObject): TextTraits;
}

export function openTraitReader(
  store: ObjectStore,
  csv: { readonly header: boolean; readonly delimiter: string },
): TraitReader {
  const known = new Map<string, TextTraits>();
  const name = ({ key, etag }: StoredObject): string => `${key}\0${etag}`;
  return {
    stream: async function* (source, gzip) {
      const scanner = traitScanner(csv);
      for await (const chunk of uncompressed(store, source, gzip)) {
        scanner.take(chunk);
        yield chunk;
      }
      known.set(name(source), scanner.end());
    },
    release: async (sources) => {
      for (const source of sources) known.delete(name(source));
    },
    traitsOf: (source) =>
      known.get(name(source)) ?? raise('UNEXPECTED', { why: `${printable(source.key)} was not read before` }),
  };
}
