import { parseArgs } from "node:util";
import { EXIT, type Fault, PlimsollError } from "../../base/index.ts";
import { PACED_DEFAULTS, type PacedOptions } from "./options.ts";

type NumberKey = { [K in keyof PacedOptions]: PacedOptions[K] extends number ? K : never }[keyof PacedOptions];

interface NumberFlag {
  readonly key: NumberKey;
  readonly help: string;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

const MOST = Number.MAX_SAFE_INTEGER;

const NUMBERS: Readonly<Record<string, NumberFlag>> = {
  port: { key: "port", help: "port; 0 takes any free one", min: 0, max: 65_535, whole: true },
  seed: { key: "seed", help: "seed of texts, lengths and faults", min: 0, max: MOST, whole: true },
  slots: { key: "slots", help: "answers at once", min: 1, max: MOST, whole: true },
  queue: { key: "queue", help: "requests that may wait; one beyond gets 429", min: 0, max: MOST, whole: true },
  "first-token": { key: "firstToken", help: "ms from a free slot to the first token", min: 0, max: 3_600_000 },
  "per-input-token": { key: "perInputToken", help: "ms more for each token of the request", min: 0, max: 1000 },
  gap: { key: "gap", help: "ms between tokens", min: 0, max: 3_600_000 },
  tokens: { key: "tokens", help: "median length of an answer in tokens", min: 1, max: 100_000 },
  "token-spread": { key: "tokenSpread", help: "sigma of the logarithm of the length", min: 0, max: 3 },
  "fail-rate": { key: "failRate", help: "share of requests answered with 500", min: 0, max: 1 },
  "sever-rate": { key: "severRate", help: "share cut off in mid-answer", min: 0, max: 1 },
  "stream-error-rate": { key: "streamErrorRate", help: "share given an error event in mid-answer", min: 0, max: 1 },
};

const TEXTS = { host: "address to listen on", model: "name of the model", "send-log": "CSV of every write's time" };

/** Reads the paced server's arguments; all faults at once. */
export function pacedOptions(args: readonly string[]): PacedOptions {
  const faults: Fault[] = [];
  const values = parse(args);
  const numbers: Partial<Record<NumberKey, number>> = {};
  for (const [flag, { key, min, max, whole }] of Object.entries(NUMBERS)) {
    const text = values[flag];
    if (typeof text !== "string") continue;
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (value >= min && value <= max && !(whole && !Number.isInteger(value))) numbers[key] = value;
    else faults.push(outOfRange(flag, text, min, max, whole ?? false));
  }
  if (faults.length > 0) throw new PlimsollError(faults, EXIT.planInvalid);
  const text = (flag: string): string | undefined => {
    const value = values[flag];
    return typeof value === "string" ? value : undefined;
  };
  return {
    ...PACED_DEFAULTS,
    ...numbers,
    host: text("host") ?? PACED_DEFAULTS.host,
    model: text("model") ?? PACED_DEFAULTS.model,
    sendLog: text("send-log"),
  };
}

function parse(args: readonly string[]): Readonly<Record<string, unknown>> {
  const names = [...Object.keys(NUMBERS), ...Object.keys(TEXTS)];
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const hint = `Choose from ${names.map((name) => `--${name}`).join(", ")}.`;
    throw new PlimsollError({ code: "TWIN_UNKNOWN_OPTION", message, hint }, EXIT.planInvalid, { cause: error });
  }
}

function outOfRange(flag: string, received: string, min: number, max: number, whole: boolean): Fault {
  const kind = whole ? "a whole number" : "a number";
  const range = max === MOST ? `of ${min} or more` : `from ${min} to ${max}`;
  return {
    code: "TWIN_BAD_OPTION",
    message: `--${flag} must be ${kind} ${range}; it is ${JSON.stringify(received)}`,
    path: flag,
    received,
    hint: `Give --${flag} ${kind} ${range}.`,
  };
}

/** One line an option, for `--help`. */
export function pacedHelp(): string {
  const numbers = Object.entries(NUMBERS).map(
    ([flag, { key, help }]) => `  --${flag.padEnd(18)} ${help} (${PACED_DEFAULTS[key]})`,
  );
  const texts = Object.entries(TEXTS).map(([flag, help]) => `  --${flag.padEnd(18)} ${help}`);
  return ["The paced server: token streams at a fixed pace, behind a queue that saturates.", ...numbers, ...texts].join(
    "\n",
  );
}
