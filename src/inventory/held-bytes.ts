/** Bytes held one by one up to a limit: what comes beyond it is dropped. */

export interface HeldBytes {
  add(byte: number): void;
  length(): number;
  /** Valid until the next byte is added. */
  bytes(): Uint8Array;
  /** One letter a byte. */
  text(): string;
  clear(): void;
}

const latin = new TextDecoder('latin1');

export function heldBytes(limit: number): HeldBytes {
  let held: Uint8Array<ArrayBufferLike> = new Uint8Array(Math.min(limit, 1 << 16));
  let length = 0;
  return {
    add(byte) {
      if (length >= limit) return;
      if (length === held.length) {
        const larger = new Uint8Array(Math.min(limit, held.length * 2));
        larger.set(held);
        held = larger;
      }
      held[length] = byte;
      length += 1;
    },
    length: () => length,
    bytes: () => held.subarray(0, length),
    text: () => latin.decode(held.subarray(0, length)),
    clear() {
      length = 0;
    },
  };
}
