/**
 * Writes protobuf messages field by field: the wire format of https://protobuf.dev/programming-guides/encoding/, as far as the two
 * messages that are sent need it.
 */
export class ProtobufWriter {
  #bytes = new Uint8Array(256);
  #length = 0;
  /** Writes every message inside this one, one after another. */
  #inner: ProtobufWriter | undefined;

  /** A whole number of 0 to 2^53, as a varint. */
  uint(field: number, value: number): this {
    this.#tag(field, WIRE.varint);
    this.#varint(value);
    return this;
  }

  /** An int64 that is not negative, as a varint. */
  int64(field: number, value: bigint): this {
    this.#tag(field, WIRE.varint);
    this.#room(10);
    let rest = value;
    while (rest > 127n) {
      this.#bytes[this.#length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
    return this;
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
    // Most texts are short and plain: then their length is known, and is one byte.
    const most = value.length * 3;
    if (most > 127) return this.bytes(field, ENCODER.encode(value));
    this.#tag(field, WIRE.bytes);
    this.#room(most + 1);
    const { written } = ENCODER.encodeInto(value, this.#bytes.subarray(this.#length + 1));
    this.#bytes[this.#length] = written;
    this.#length += written + 1;
    return this;
  }

  message(field: number, write: (writer: ProtobufWriter) => void): this {
    this.#inner ??= new ProtobufWriter();
    this.#inner.#length = 0;
    write(this.#inner);
    return this.bytes(field, this.#inner.end());
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, WIRE.bytes);
    this.#varint(value.length);
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  end(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #tag(field: number, wire: number): void {
    this.#varint(field * 8 + wire);
  }

  #varint(value: number): void {
    this.#room(10);
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
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
