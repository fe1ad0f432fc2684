/** Fields of a message as they stand on the wire: each number of a field to its values, in their order. */
export type Fields = ReadonlyMap<number, readonly (bigint | Uint8Array)[]>;

/** Reads a message by its wire types; varints and fixed64 as unsigned numbers, what has a length as bytes. */
export function readProtobuf(bytes: Uint8Array): Fields {
  const fields = new Map<number, (bigint | Uint8Array)[]>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = BigInt(view.getUint8(at++));
      value |= (byte & 127n) << shift;
      if (byte < 128n) return value;
    }
  };
  const read: Readonly<Record<number, () => bigint | Uint8Array>> = {
    0: varint,
    1: () => {
      at += 8;
      return view.getBigUint64(at - 8, true);
    },
    2: () => {
      const length = Number(varint());
      at += length;
      return bytes.subarray(at - length, at);
    },
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = read[Number(tag & 7n)]?.();
    if (value === undefined) throw new Error(`wire type ${tag & 7n}`);
    const field = Number(tag >> 3n);
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

export function messages(fields: Fields, field: number): readonly Fields[] {
  return (fields.get(field) ?? []).map((value) => readProtobuf(bytesOf(value)));
}

export function textOf(fields: Fields, field: number): string {
  return new TextDecoder().decode(bytesOf(fields.get(field)?.[0] ?? new Uint8Array()));
}

export function wholeOf(fields: Fields, field: number): bigint {
  const value = fields.get(field)?.[0];
  if (typeof value !== "bigint") throw new Error(`field ${field} is no number`);
  return value;
}

export function doubleOf(fields: Fields, field: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, wholeOf(fields, field));
  return view.getFloat64(0);
}

function bytesOf(value: bigint | Uint8Array): Uint8Array {
  if (typeof value === "bigint") throw new Error("a number where a length was expected");
  return value;
}

/** Reads a snappy block that holds literals alone. */
export function readSnappy(block: Uint8Array): Uint8Array {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = block[at++] ?? 0;
    length += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  const out = new Uint8Array(length);
  let to = 0;
  while (at < block.length) {
    const tag = block[at++] ?? 0;
    if ((tag & 3) !== 0) throw new Error("not a literal");
    const short = tag >> 2;
    const extra = short < 60 ? 0 : short - 59;
    let less = short < 60 ? short : 0;
    for (let i = 0; i < extra; i++) less += (block[at++] ?? 0) * 2 ** (8 * i);
    out.set(block.subarray(at, at + less + 1), to);
    at += less + 1;
    to += less + 1;
  }
  if (to !== length) throw new Error(`${to} bytes where ${length} were announced`);
  return out;
}
