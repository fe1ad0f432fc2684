/** What the tokenizer tells characters (UTF-16 units) apart by. */
export const OTHER = 0;
export const SPACE = 1;
export const NEWLINE = 2;
export const DIGIT = 3;
export const UPPER = 4;
export const LOWER = 5;
/** Letters of scripts that write without spaces, or that byte-pair encoders know as single signs. */
export const DENSE = 6;
/** Letters of other scripts than Latin that write words, and marks on letters. */
export const FOREIGN = 7;
/** Half of a pair that makes one sign (emoji, rare ideographs). */
export const SURROGATE = 8;

const CLASSES = new Uint8Array(0x1_0000);

/** Later ranges overrule earlier ones. Bounds are inclusive; a step of 2 paints the alternating capitals of Latin and Cyrillic. */
const RANGES: readonly (readonly [first: number, last: number, kind: number, step?: number])[] = [
  [0x09, 0x09, SPACE],
  [0x0a, 0x0a, NEWLINE],
  [0x0b, 0x0c, SPACE],
  [0x0d, 0x0d, NEWLINE],
  [0x20, 0x20, SPACE],
  [0xa0, 0xa0, SPACE],
  [0x2000, 0x200a, SPACE],
  [0x2028, 0x2029, NEWLINE],
  [0x3000, 0x3000, SPACE],
  [0x30, 0x39, DIGIT],
  [0x41, 0x5a, UPPER],
  [0x61, 0x7a, LOWER],
  [0xc0, 0xd6, UPPER],
  [0xd8, 0xde, UPPER],
  [0xdf, 0xf6, LOWER],
  [0xf8, 0x24f, LOWER],
  [0x100, 0x17e, UPPER, 2],
  [0x250, 0x2af, LOWER],
  [0x300, 0x36f, FOREIGN],
  [0x370, 0x37d, FOREIGN],
  [0x386, 0x386, FOREIGN],
  [0x388, 0x58f, FOREIGN],
  [0x591, 0x5bd, FOREIGN],
  [0x5d0, 0x5f2, FOREIGN],
  [0x610, 0x669, FOREIGN],
  [0x66e, 0x6d3, FOREIGN],
  [0x6d5, 0xdff, FOREIGN],
  [0xe01, 0xe3a, DENSE],
  [0xe40, 0xe4e, DENSE],
  [0xe81, 0x10ff, DENSE],
  [0x1100, 0x11ff, DENSE],
  [0x1200, 0x1fff, FOREIGN],
  [0x3041, 0x3096, DENSE],
  [0x30a1, 0x30fa, DENSE],
  [0x30fc, 0x318e, DENSE],
  [0x3400, 0x4dbf, DENSE],
  [0x4e00, 0x9fff, DENSE],
  [0xac00, 0xd7a3, DENSE],
  [0xd800, 0xdfff, SURROGATE],
  [0xf900, 0xfaff, DENSE],
];

for (const [first, last, kind, step = 1] of RANGES)
  for (let code = first; code <= last; code += step) CLASSES[code] = kind;

export function classAt(text: string, at: number): number {
  return CLASSES[text.charCodeAt(at)] ?? OTHER;
}
