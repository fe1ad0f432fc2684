import {
  type BrotliDecompress,
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  type Gunzip,
  type Inflate,
} from "node:zlib";

const CHUNK = 32 * 1024;

type Decompressor = Gunzip | Inflate | BrotliDecompress;

const ZLIB = { chunkSize: CHUNK, flush: constants.Z_SYNC_FLUSH };
const BROTLI = { chunkSize: CHUNK, flush: constants.BROTLI_OPERATION_FLUSH };

/** By content coding; `first` is the body's first byte. */
const DECOMPRESSORS: Readonly<Record<string, (first: number) => Decompressor>> = {
  gzip: () => createGunzip(ZLIB),
  "x-gzip": () => createGunzip(ZLIB),
  // Some servers mean the raw format; a zlib header begins with the method 8.
  deflate: (first) => ((first & 0x0f) === 8 ? createInflate(ZLIB) : createInflateRaw(ZLIB)),
  br: () => createBrotliDecompress(BROTLI),
};

export function knowsCoding(coding: string): boolean {
  return Object.hasOwn(DECOMPRESSORS, coding);
}

export interface DecodedSink {
  /** Decoded bytes of the socket read with this stamp and number. False: no more is wanted. */
  decoded(bytes: Buffer, at: number, read: number): boolean;
  /** Nothing waits to be decoded: the socket may be read again. */
  caughtUp(): void;
  /** The whole body is decoded, or cannot be ("" or a word). */
  decodingEnded(fault: string): void;
}

interface Piece {
  readonly bytes: Buffer;
  readonly at: number;
  readonly read: number;
}

/**
 * Undoes a content coding one socket read at a time, so that what comes out carries the stamp of the read that brought it in. The thread
 * pool works meanwhile; whoever feeds it stops reading while {@link waiting} is above zero, so little waits.
 */
export class BodyDecoder {
  private readonly coding: string;
  private readonly sink: DecodedSink;
  private readonly queue: Piece[] = [];
  private stream: Decompressor | undefined;
  private busy = false;
  private inputEnded = false;
  private over = false;
  private at = Number.NaN;
  private read = 0;

  constructor(coding: string, sink: DecodedSink) {
    this.coding = coding;
    this.sink = sink;
  }

  get waiting(): number {
    return this.queue.length + (this.busy ? 1 : 0);
  }

  /** Copies the span: the read buffer is about to be used again. */
  push(bytes: Buffer, start: number, end: number, at: number, read: number): void {
    if (this.over) return;
    this.queue.push({ bytes: Buffer.from(bytes.subarray(start, end)), at, read });
    this.pump();
  }

  finish(): void {
    this.inputEnded = true;
    this.pump();
  }

  destroy(): void {
    this.over = true;
    this.queue.length = 0;
    this.stream?.destroy();
  }

  private pump(): void {
    if (this.busy || this.over) return;
    const piece = this.queue.shift();
    if (piece !== undefined) {
      this.at = piece.at;
      this.read = piece.read;
      this.busy = true;
      this.streamFor(piece.bytes).write(piece.bytes, () => {
        this.stream?.read();
        this.busy = false;
        if (this.over) return;
        if (this.queue.length === 0 && !this.inputEnded) this.sink.caughtUp();
        this.pump();
      });
    } else if (this.inputEnded) {
      if (this.stream === undefined) this.end("");
      else this.stream.end();
    }
  }

  private streamFor(first: Buffer): Decompressor {
    if (this.stream !== undefined) return this.stream;
    const make = DECOMPRESSORS[this.coding];
    if (make === undefined) throw new Error(`no decompressor for ${this.coding}`);
    const stream = make(first[0] ?? 0);
    stream.on("data", (bytes: Buffer) => {
      if (!this.over && !this.sink.decoded(bytes, this.at, this.read)) this.destroy();
    });
    stream.on("end", () => this.end(""));
    stream.on("error", (error: NodeJS.ErrnoException) => this.end(`bad-encoding:${error.code ?? error.name}`));
    this.stream = stream;
    return stream;
  }

  private end(fault: string): void {
    if (this.over) return;
    this.destroy();
    this.sink.decodingEnded(fault);
  }
}
