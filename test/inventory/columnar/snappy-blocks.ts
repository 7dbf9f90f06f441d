/** Blocks of Snappy as tests want them, element by element or of a text. */

export type Element = { readonly literal: Uint8Array } | { readonly back: number; readonly length: number };

/** A block of these elements, and what it stands for. */
export function block(elements: readonly Element[]): { bytes: Uint8Array; text: Uint8Array } {
  const parts: number[] = [];
  const text: number[] = [];
  for (const element of elements) {
    if ('literal' in element) {
      const length = element.literal.length - 1;
      if (length < 60) parts.push(length << 2);
      else if (length < 256) parts.push(60 << 2, length);
      else parts.push(61 << 2, length & 255, length >> 8);
      parts.push(...element.literal);
      text.push(...element.literal);
      continue;
    }
    const back = 1 + (element.back % text.length);
    const { length } = element;
    if (length >= 4 && length <= 11 && back < 2048)
      parts.push(1 | ((length - 4) << 2) | ((back >> 8) << 5), back & 255);
    else if (back < 65_536) parts.push(2 | ((length - 1) << 2), back & 255, back >> 8);
    for (let i = 0; i < length; i += 1) text.push(text[text.length - back]!);
  }
  const header: number[] = [];
  let rest = text.length;
  for (; rest > 127; rest >>= 7) header.push((rest & 127) | 128);
  return { bytes: Uint8Array.from([...header, rest, ...parts]), text: Uint8Array.from(text) };
}

/** The text with what came before in it repeated where at least four bytes of it are the same, as writers do. */
export function snappyOf(text: Uint8Array): Uint8Array {
  const elements: Element[] = [];
  const places = new Map<number, number>();
  let from = 0;
  const words = new DataView(text.buffer, text.byteOffset, text.length);
  const literal = (end: number): void => {
    for (; from < end; from = Math.min(end, from + 200))
      elements.push({ literal: text.subarray(from, Math.min(end, from + 200)) });
  };
  for (let at = 0; at + 4 <= text.length; ) {
    const word = words.getUint32(at);
    const before = places.get(word);
    places.set(word, at);
    if (before === undefined || at - before > 60_000) {
      at += 1;
      continue;
    }
    let length = 4;
    while (length < 64 && at + length < text.length && text[at + length] === text[before + length])
      length += 1;
    literal(at);
    elements.push({ back: at - before - 1, length });
    at += length;
    from = at;
  }
  literal(text.length);
  return block(elements).bytes;
}
