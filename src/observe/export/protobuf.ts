/**
 * Writes protobuf messages field by field: the wire format of https://protobuf.dev/programming-guides/encoding/, as far as the two
 * messages that are sent need it.
 */
export class ProtobufWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** A whole number of 0 to 2^53, as a varint. */
  uint(field: number, value: number): this {
    this.#tag(field, WIRE.varint);
    return this.#varint(BigInt(value));
  }

  /** An int64 that is not negative, as a varint. */
  int64(field: number, value: bigint): this {
    this.#tag(field, WIRE.varint);
    return this.#varint(value);
  }

  fixed64(field: number, value: bigint): this {
    this.#tag(field, WIRE.fixed64);
    this.#view(8).setBigUint64(0, value, true);
    return this;
  }

  double(field: number, value: number): this {
    this.#tag(field, WIRE.fixed64);
    this.#view(8).setFloat64(0, value, true);
    return this;
  }

  /** Several fixed64 or double values in one field. */
  packed(field: number, values: readonly bigint[] | readonly number[]): this {
    const bytes = new Uint8Array(values.length * 8);
    const view = new DataView(bytes.buffer);
    values.forEach((value, i) => {
      if (typeof value === "bigint") view.setBigUint64(i * 8, value, true);
      else view.setFloat64(i * 8, value, true);
    });
    return this.bytes(field, bytes);
  }

  text(field: number, value: string): this {
    return this.bytes(field, ENCODER.encode(value));
  }

  message(field: number, write: (writer: ProtobufWriter) => void): this {
    const inner = new ProtobufWriter();
    write(inner);
    return this.bytes(field, inner.end());
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, WIRE.bytes);
    this.#varint(BigInt(value.length));
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  end(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #tag(field: number, wire: number): void {
    this.#varint(BigInt(field) * 8n + BigInt(wire));
  }

  #varint(value: bigint): this {
    this.#room(10);
    let rest = value;
    while (rest > 127n) {
      this.#bytes[this.#length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
    return this;
  }

  #view(length: number): DataView {
    this.#room(length);
    const view = new DataView(this.#bytes.buffer, this.#length, length);
    this.#length += length;
    return view;
  }

  #room(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

const WIRE = { varint: 0, fixed64: 1, bytes: 2 } as const;
const ENCODER = new TextEncoder();
