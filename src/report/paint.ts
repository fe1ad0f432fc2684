/** Colours of the terminal; each is the identity where colour is off. Meaning is never carried by colour alone. */
const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Style = keyof typeof CODES;
export type Paint = (text: string, ...styles: readonly Style[]) => string;

export function painter(color: boolean): Paint {
  return (text, ...styles) =>
    color && styles.length > 0 && text !== ""
      ? `\u001b[${[...new Set(styles)].map((style) => CODES[style]).join(";")}m${text}\u001b[0m`
      : text;
}

export interface TerminalFacts {
  readonly isTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `--no-color` beats FORCE_COLOR, which beats NO_COLOR, which beats what the terminal can do. */
export function wantsColor({ isTTY, env }: TerminalFacts, flag: boolean): boolean {
  if (!flag) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  return isTTY && env.TERM !== "dumb";
}

/** Whether a screen may be redrawn in place: a terminal that can move its cursor, with a person before it. */
export function canRedraw({ isTTY, env }: TerminalFacts): boolean {
  return isTTY && env.TERM !== "dumb" && (env.CI === undefined || env.CI === "" || env.CI === "false");
}
