const ASCII = /^[\x00-\x7f]*$/;

/** A text as its UTF-8 bytes, each a character: what a socket writes fastest, as latin1, and whose length is the number of bytes. */
export function toWire(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text).toString("latin1");
}

/** One chunk of HTTP/1.1's chunked coding. */
export function chunked(wire: string): string {
  return `${wire.length.toString(16)}\r\n${wire}\r\n`;
}
