/** Texts one after another, as bytes: tens of thousands of them are one message, written and read in one go. */

/** The i-th ends at ends[i]. */
export interface PackedTexts {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

const encoder = new TextEncoder();

export function packTexts(texts: readonly string[]): PackedTexts {
  const ends = new Uint32Array(texts.length);
  const bytes = encoder.encode(texts.join(''));
  let at = 0;
  for (let i = 0; i < texts.length; i++) {
    at += texts[i]!.length;
    ends[i] = at;
  }
  // Where all is ASCII a letter is a byte.
  return at === bytes.length ? { bytes, ends } : packEach(texts);
}

function packEach(texts: readonly string[]): PackedTexts {
  const ends = new Uint32Array(texts.length);
  const pieces = texts.map((text) => encoder.encode(text));
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  pieces.forEach((piece, i) => {
    bytes.set(piece, at);
    at += piece.length;
    ends[i] = at;
  });
  return { bytes, ends };
}
