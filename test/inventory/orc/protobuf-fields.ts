/** Fields of protocol buffers as bytes. */

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.of(...bytes, rest);
}

export const wholeField = (field: number, value: number): Buffer =>
  Buffer.concat([varint(field * 8), varint(value)]);

export const bytesField = (field: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);

export const textField = (field: number, text: string): Buffer => bytesField(field, Buffer.from(text));

export const packedField = (field: number, values: readonly number[]): Buffer =>
  bytesField(field, Buffer.concat(values.map(varint)));
