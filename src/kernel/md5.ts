/** MD5 (RFC 1321) over bytes that lie in one buffer: no call leaves the language, so a hundred short rows cost a few microseconds. */

export interface Md5 {
  /** The bytes to digest are written here, from 0 on. */
  readonly bytes: Uint8Array;
  /** The digest of the first `length` bytes as four words, the first byte lowest. What follows them is overwritten. */
  digest(length: number, into: Int32Array): void;
}

/** `capacity` is the longest message. */
export function md5(capacity: number): Md5 {
  const words = new Int32Array(((capacity + 8) >> 6) * 16 + 16);
  const bytes = new Uint8Array(words.buffer);
  return {
    bytes: bytes.subarray(0, capacity + 1),
    digest: (length, into) => {
      blocks(words, padded(words, bytes, length), into);
    },
  };
}

/** A one bit, zeros, and the length in bits: the message becomes whole blocks of 16 words. */
function padded(words: Int32Array, bytes: Uint8Array, length: number): number {
  const end = ((length + 8) >> 6) * 16 + 16;
  bytes[length] = 0x80;
  const next = (length + 4) & ~3;
  for (let at = length + 1; at < next; at += 1) bytes[at] = 0;
  for (let at = next >> 2; at < end - 2; at += 1) words[at] = 0;
  words[end - 2] = length << 3;
  words[end - 1] = length >>> 29;
  return end;
}

/** Written out step by step, as the standard lists them: the compiler keeps all of it in registers. */
function blocks(words: Int32Array, end: number, into: Int32Array): void {
  let a = 0x67452301;
  let b = 0xefcdab89 | 0;
  let c = 0x98badcfe | 0;
  let d = 0x10325476;
  for (let at = 0; at < end; at += 16) {
    const a0 = a;
    const b0 = b;
    const c0 = c;
    const d0 = d;
    // Round 1.
    a = (a + (d ^ (b & (c ^ d))) + words[at]! - 680876936) | 0;
    a = ((a << 7) | (a >>> 25)) + b;
    d = (d + (c ^ (a & (b ^ c))) + words[at + 1]! - 389564586) | 0;
    d = ((d << 12) | (d >>> 20)) + a;
    c = (c + (b ^ (d & (a ^ b))) + words[at + 2]! + 606105819) | 0;
    c = ((c << 17) | (c >>> 15)) + d;
    b = (b + (a ^ (c & (d ^ a))) + words[at + 3]! - 1044525330) | 0;
    b = ((b << 22) | (b >>> 10)) + c;
    a = (a + (d ^ (b & (c ^ d))) + words[at + 4]! - 176418897) | 0;
    a = ((a << 7) | (a >>> 25)) + b;
    d = (d + (c ^ (a & (b ^ c))) + words[at + 5]! + 1200080426) | 0;
    d = ((d << 12) | (d >>> 20)) + a;
    c = (c + (b ^ (d & (a ^ b))) + words[at + 6]! - 1473231341) | 0;
    c = ((c << 17) | (c >>> 15)) + d;
    b = (b + (a ^ (c & (d ^ a))) + words[at + 7]! - 45705983) | 0;
    b = ((b << 22) | (b >>> 10)) + c;
    a = (a + (d ^ (b & (c ^ d))) + words[at + 8]! + 1770035416) | 0;
    a = ((a << 7) | (a >>> 25)) + b;
    d = (d + (c ^ (a & (b ^ c))) + words[at + 9]! - 1958414417) | 0;
    d = ((d << 12) | (d >>> 20)) + a;
    c = (c + (b ^ (d & (a ^ b))) + words[at + 10]! - 42063) | 0;
    c = ((c << 17) | (c >>> 15)) + d;
    b = (b + (a ^ (c & (d ^ a))) + words[at + 11]! - 1990404162) | 0;
    b = ((b << 22) | (b >>> 10)) + c;
    a = (a + (d ^ (b & (c ^ d))) + words[at + 12]! + 1804603682) | 0;
    a = ((a << 7) | (a >>> 25)) + b;
    d = (d + (c ^ (a & (b ^ c))) + words[at + 13]! - 40341101) | 0;
    d = ((d << 12) | (d >>> 20)) + a;
    c = (c + (b ^ (d & (a ^ b))) + words[at + 14]! - 1502002290) | 0;
    c = ((c << 17) | (c >>> 15)) + d;
    b = (b + (a ^ (c & (d ^ a))) + words[at + 15]! + 1236535329) | 0;
    b = ((b << 22) | (b >>> 10)) + c;
    // Round 2.
    a = (a + (c ^ (d & (b ^ c))) + words[at + 1]! - 165796510) | 0;
    a = ((a << 5) | (a >>> 27)) + b;
    d = (d + (b ^ (c & (a ^ b))) + words[at + 6]! - 1069501632) | 0;
    d = ((d << 9) | (d >>> 23)) + a;
    c = (c + (a ^ (b & (d ^ a))) + words[at + 11]! + 643717713) | 0;
    c = ((c << 14) | (c >>> 18)) + d;
    b = (b + (d ^ (a & (c ^ d))) + words[at]! - 373897302) | 0;
    b = ((b << 20) | (b >>> 12)) + c;
    a = (a + (c ^ (d & (b ^ c))) + words[at + 5]! - 701558691) | 0;
    a = ((a << 5) | (a >>> 27)) + b;
    d = (d + (b ^ (c & (a ^ b))) + words[at + 10]! + 38016083) | 0;
    d = ((d << 9) | (d >>> 23)) + a;
    c = (c + (a ^ (b & (d ^ a))) + words[at + 15]! - 660478335) | 0;
    c = ((c << 14) | (c >>> 18)) + d;
    b = (b + (d ^ (a & (c ^ d))) + words[at + 4]! - 405537848) | 0;
    b = ((b << 20) | (b >>> 12)) + c;
    a = (a + (c ^ (d & (b ^ c))) + words[at + 9]! + 568446438) | 0;
    a = ((a << 5) | (a >>> 27)) + b;
    d = (d + (b ^ (c & (a ^ b))) + words[at + 14]! - 1019803690) | 0;
    d = ((d << 9) | (d >>> 23)) + a;
    c = (c + (a ^ (b & (d ^ a))) + words[at + 3]! - 187363961) | 0;
    c = ((c << 14) | (c >>> 18)) + d;
    b = (b + (d ^ (a & (c ^ d))) + words[at + 8]! + 1163531501) | 0;
    b = ((b << 20) | (b >>> 12)) + c;
    a = (a + (c ^ (d & (b ^ c))) + words[at + 13]! - 1444681467) | 0;
    a = ((a << 5) | (a >>> 27)) + b;
    d = (d + (b ^ (c & (a ^ b))) + words[at + 2]! - 51403784) | 0;
    d = ((d << 9) | (d >>> 23)) + a;
    c = (c + (a ^ (b & (d ^ a))) + words[at + 7]! + 1735328473) | 0;
    c = ((c << 14) | (c >>> 18)) + d;
    b = (b + (d ^ (a & (c ^ d))) + words[at + 12]! - 1926607734) | 0;
    b = ((b << 20) | (b >>> 12)) + c;
    // Round 3.
    a = (a + (b ^ c ^ d) + words[at + 5]! - 378558) | 0;
    a = ((a << 4) | (a >>> 28)) + b;
    d = (d + (a ^ b ^ c) + words[at + 8]! - 2022574463) | 0;
    d = ((d << 11) | (d >>> 21)) + a;
    c = (c + (d ^ a ^ b) + words[at + 11]! + 1839030562) | 0;
    c = ((c << 16) | (c >>> 16)) + d;
    b = (b + (c ^ d ^ a) + words[at + 14]! - 35309556) | 0;
    b = ((b << 23) | (b >>> 9)) + c;
    a = (a + (b ^ c ^ d) + words[at + 1]! - 1530992060) | 0;
    a = ((a << 4) | (a >>> 28)) + b;
    d = (d + (a ^ b ^ c) + words[at + 4]! + 1272893353) | 0;
    d = ((d << 11) | (d >>> 21)) + a;
    c = (c + (d ^ a ^ b) + words[at + 7]! - 155497632) | 0;
    c = ((c << 16) | (c >>> 16)) + d;
    b = (b + (c ^ d ^ a) + words[at + 10]! - 1094730640) | 0;
    b = ((b << 23) | (b >>> 9)) + c;
    a = (a + (b ^ c ^ d) + words[at + 13]! + 681279174) | 0;
    a = ((a << 4) | (a >>> 28)) + b;
    d = (d + (a ^ b ^ c) + words[at]! - 358537222) | 0;
    d = ((d << 11) | (d >>> 21)) + a;
    c = (c + (d ^ a ^ b) + words[at + 3]! - 722521979) | 0;
    c = ((c << 16) | (c >>> 16)) + d;
    b = (b + (c ^ d ^ a) + words[at + 6]! + 76029189) | 0;
    b = ((b << 23) | (b >>> 9)) + c;
    a = (a + (b ^ c ^ d) + words[at + 9]! - 640364487) | 0;
    a = ((a << 4) | (a >>> 28)) + b;
    d = (d + (a ^ b ^ c) + words[at + 12]! - 421815835) | 0;
    d = ((d << 11) | (d >>> 21)) + a;
    c = (c + (d ^ a ^ b) + words[at + 15]! + 530742520) | 0;
    c = ((c << 16) | (c >>> 16)) + d;
    b = (b + (c ^ d ^ a) + words[at + 2]! - 995338651) | 0;
    b = ((b << 23) | (b >>> 9)) + c;
    // Round 4.
    a = (a + (c ^ (b | ~d)) + words[at]! - 198630844) | 0;
    a = ((a << 6) | (a >>> 26)) + b;
    d = (d + (b ^ (a | ~c)) + words[at + 7]! + 1126891415) | 0;
    d = ((d << 10) | (d >>> 22)) + a;
    c = (c + (a ^ (d | ~b)) + words[at + 14]! - 1416354905) | 0;
    c = ((c << 15) | (c >>> 17)) + d;
    b = (b + (d ^ (c | ~a)) + words[at + 5]! - 57434055) | 0;
    b = ((b << 21) | (b >>> 11)) + c;
    a = (a + (c ^ (b | ~d)) + words[at + 12]! + 1700485571) | 0;
    a = ((a << 6) | (a >>> 26)) + b;
    d = (d + (b ^ (a | ~c)) + words[at + 3]! - 1894986606) | 0;
    d = ((d << 10) | (d >>> 22)) + a;
    c = (c + (a ^ (d | ~b)) + words[at + 10]! - 1051523) | 0;
    c = ((c << 15) | (c >>> 17)) + d;
    b = (b + (d ^ (c | ~a)) + words[at + 1]! - 2054922799) | 0;
    b = ((b << 21) | (b >>> 11)) + c;
    a = (a + (c ^ (b | ~d)) + words[at + 8]! + 1873313359) | 0;
    a = ((a << 6) | (a >>> 26)) + b;
    d = (d + (b ^ (a | ~c)) + words[at + 15]! - 30611744) | 0;
    d = ((d << 10) | (d >>> 22)) + a;
    c = (c + (a ^ (d | ~b)) + words[at + 6]! - 1560198380) | 0;
    c = ((c << 15) | (c >>> 17)) + d;
    b = (b + (d ^ (c | ~a)) + words[at + 13]! + 1309151649) | 0;
    b = ((b << 21) | (b >>> 11)) + c;
    a = (a + (c ^ (b | ~d)) + words[at + 4]! - 145523070) | 0;
    a = ((a << 6) | (a >>> 26)) + b;
    d = (d + (b ^ (a | ~c)) + words[at + 11]! - 1120210379) | 0;
    d = ((d << 10) | (d >>> 22)) + a;
    c = (c + (a ^ (d | ~b)) + words[at + 2]! + 718787259) | 0;
    c = ((c << 15) | (c >>> 17)) + d;
    b = (b + (d ^ (c | ~a)) + words[at + 9]! - 343485551) | 0;
    b = ((b << 21) | (b >>> 11)) + c;
    a = (a + a0) | 0;
    b = (b + b0) | 0;
    c = (c + c0) | 0;
    d = (d + d0) | 0;
  }
  into[0] = a;
  into[1] = b;
  into[2] = c;
  into[3] = d;
}
