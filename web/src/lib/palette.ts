/** Names of the colours that figures use, in the order in which things get them. */
const HUES = ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6", "--c7", "--c8"] as const;

export function hue(index: number): string {
  return HUES[((index % HUES.length) + HUES.length) % HUES.length] ?? "--c1";
}

/** As CSS writes it. */
export function ink(name: string): string {
  return `var(${name})`;
}

/** The same thing has the same colour on the whole page. */
const FIXED: Readonly<Record<string, string>> = {
  p50: "--c1",
  p95: "--c2",
  p99: "--c4",
  max: "--c7",
  response: "--c1",
  service: "--c3",
  ttft: "--c2",
  itl: "--c4",
  tpot: "--c5",
  "load.asked": "--soft",
  "load.users": "--soft",
  "sessions.started": "--c1",
  "rates.completed": "--c3",
  "rates.goodput": "--c1",
  "attempts.inFlight": "--c4",
  "tokens.input": "--c3",
  "tokens.cached": "--c5",
  "tokens.output": "--c1",
  complete: "--c1",
  capped: "--c8",
  filtered: "--c5",
  abandoned: "--c4",
  cancelled: "--c7",
};

export function fixedHue(name: string, otherwise = 0): string {
  return FIXED[name] ?? hue(otherwise);
}
