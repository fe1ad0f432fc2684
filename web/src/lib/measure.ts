let context: CanvasRenderingContext2D | null | undefined;

/** Pixels that a text takes, in the page's own font. */
function textWidth(text: string, size: number, weight: number): number {
  context ??= document.createElement("canvas").getContext("2d");
  if (context === null) return text.length * size * 0.6;
  context.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
  return context.measureText(text).width;
}

/** As much of a text as fits, with an ellipsis where something is left out. */
export function fitText(text: string, room: number, size: number, weight = 400): string {
  if (textWidth(text, size, weight) <= room) return text;
  for (let length = text.length - 1; length > 2; length--) {
    const short = `${text.slice(0, length).trimEnd()}…`;
    if (textWidth(short, size, weight) <= room) return short;
  }
  return `${text.slice(0, 2)}…`;
}
