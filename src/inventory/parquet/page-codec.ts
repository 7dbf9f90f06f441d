/** Pages are decompressed into exactly as many bytes as their header says. */
import type { Refuse } from '../columnar/column-file.js';
import { unlz4 } from '../columnar/lz4.js';
import type { PageKernel } from '../columnar/page-kernel.js';
import { unsnap } from '../columnar/snappy.js';
import type { Codecs } from '../ports.js';

/** Writers make pages of 1 MiB; some put a whole row group into one. */
export const mostPageBytes = 256 << 20;

export interface PageCodec {
  readonly name: string;
  /** [from, end) as `length` bytes that begin at `at`, valid until the next page. */
  expand(bytes: Uint8Array, from: number, end: number, length: number, place: number): Expanded;
}

export interface Expanded {
  readonly bytes: Uint8Array;
  readonly at: number;
  /** What lies before `place` is not there, or cannot be, until it was reached for; undefined where all is. */
  readonly reach?: ((place: number) => void) | undefined;
}

const names = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const;

/** `kernel`: in whose memory the pages are to lie, if in any. */
export function pageCodec(
  codec: number,
  codecs: Codecs,
  kernel: PageKernel | undefined,
  refuse: Refuse,
): PageCodec {
  const name = names[codec] ?? `number ${codec}`;
  const expand = expander(name, codecs);
  if (!expand)
    return refuse(
      `its compression ${name} is not read here; SNAPPY, GZIP, ZSTD, BROTLI, LZ4_RAW and UNCOMPRESSED are`,
    );
  return {
    name,
    expand: (bytes, from, end, length, place) => {
      if (length > mostPageBytes)
        refuse(`a page of ${length} bytes is longer than this program holds`, place);
      const fault = (why: string): never =>
        refuse(`a page cannot be decompressed as ${name} into ${length} bytes${why}`, place);
      if (kernel && name === 'SNAPPY') return begun(kernel, bytes, from, end, length, fault);
      let why = '';
      try {
        const found = expand(bytes, from, end, length);
        if (found) return kernel ? within(kernel, found, length) : found;
      } catch (cause) {
        why = ` (${(cause as Error).message})`;
      }
      return fault(why);
    },
  };
}

/** Decompressed as it is read. */
function begun(
  kernel: PageKernel,
  bytes: Uint8Array,
  from: number,
  end: number,
  length: number,
  fault: (why: string) => never,
): Expanded {
  const at = kernel.begin(bytes, from, end, length);
  if (at < 0) fault('');
  return { bytes: kernel.memory, at, reach: (place) => void (kernel.reach(place) || fault('')) };
}

type Expander = (bytes: Uint8Array, from: number, end: number, length: number) => Expanded | undefined;

const exactly = (bytes: Uint8Array | undefined, length: number): Expanded | undefined =>
  bytes?.length === length ? { bytes, at: 0 } : undefined;

function within(kernel: PageKernel, { bytes, at }: Expanded, length: number): Expanded {
  const place = kernel.hold(bytes.subarray(at, at + length));
  return { bytes: kernel.memory, at: place };
}

function expander(name: string, codecs: Codecs): Expander | undefined {
  switch (name) {
    case 'UNCOMPRESSED':
      return (bytes, from, end, length) => (end - from === length ? { bytes, at: from } : undefined);
    case 'SNAPPY':
      return (bytes, from, end, length) => exactly(unsnap(bytes, from, end, length), length);
    case 'LZ4_RAW':
      return (bytes, from, end, length) => {
        const out = new Uint8Array(length);
        return unlz4(bytes, from, end, out) === length ? { bytes: out, at: 0 } : undefined;
      };
    case 'GZIP':
      return (bytes, from, end, length) => exactly(codecs.gunzip(bytes.subarray(from, end), length), length);
    case 'ZSTD':
      return (bytes, from, end, length) => exactly(codecs.zstd(bytes.subarray(from, end), length), length);
    case 'BROTLI':
      return (bytes, from, end, length) => exactly(codecs.brotli(bytes.subarray(from, end), length), length);
    default:
      return undefined;
  }
}
