/**
 * Units as people write them, and back. Parsers return `undefined` for what they cannot read: the caller knows the path and
 * the hint.
 */

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s`, `5m`, `1h30m`, `250ms`, `1.5s`; `0` alone; result in ms. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "0") return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(trimmed)) return undefined;
  let total = 0;
  for (const [, amount = "", unit = ""] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (DURATION_UNITS[unit] ?? Number.NaN);
  }
  return Number.isFinite(total) ? total : undefined;
}

/** What a load is counted in: sessions started a second (open), users at once (closed), or multiples of the expected peak. */
export type LoadUnit = "sessions/s" | "users" | "x";
export interface Load {
  readonly value: number;
  readonly unit: LoadUnit;
}

const PER: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  second: 1,
  m: 60,
  min: 60,
  minute: 60,
  h: 3600,
  hour: 3600,
};

/** `4/s`, `4 sessions/s`, `120/m`, `20 users`, `2x`. */
export function parseLoad(text: string): Load | undefined {
  const trimmed = text.trim();
  const times = /^(\d+(?:\.\d+)?)\s*x$/.exec(trimmed);
  if (times) return { value: Number(times[1]), unit: "x" };
  const users = /^(\d+)\s*users?$/.exec(trimmed);
  if (users) return { value: Number(users[1]), unit: "users" };
  const rate = /^(\d+(?:\.\d+)?)\s*(?:sessions?)?\s*\/\s*(s|sec|second|m|min|minute|h|hour)$/.exec(trimmed);
  if (rate) return { value: Number(rate[1]) / (PER[rate[2] ?? ""] ?? Number.NaN), unit: "sessions/s" };
  return undefined;
}

const BYTE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** `64KiB`, `2 MB`, `512B`; result in bytes. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|KiB|MiB|GiB)$/.exec(text.trim());
  const unit = match ? BYTE_UNITS[match[2] ?? ""] : undefined;
  return match && unit !== undefined ? Math.round(Number(match[1]) * unit) : undefined;
}

const TOKEN_SCALE: Readonly<Record<string, number>> = { "": 1, k: 1e3, K: 1e3, m: 1e6, M: 1e6 };

/** `$10`, `$0.01`, and as a price `$0.15/M`, `$3/1M`, `$0.5/K`; result in dollars (per one thing for a price). */
export function parseMoney(text: string): number | undefined {
  const match = /^\$\s*(\d+(?:\.\d+)?)(?:\s*\/\s*(?:1\s*)?([kKmM]?)(?:\s*tokens?)?)?$/.exec(text.trim());
  const scale = match ? TOKEN_SCALE[match[2] ?? ""] : undefined;
  return match && scale !== undefined ? Number(match[1]) / scale : undefined;
}

/** Three significant digits, thousands grouped, no exponent. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  if (size === 0) return "0";
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : Math.min(8, 2 - Math.floor(Math.log10(size)));
  const text = value.toFixed(digits);
  return Number.isInteger(value) ? String(value) : text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

/** Latency: `0.42 ms`, `812 ms`, `1.43 s`, `2m 05s`. */
export function formatMs(ms: number): string {
  if (ms < 999.5) return `${formatNumber(ms)} ms`;
  if (ms < 120_000) return `${formatNumber(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, "0")}s`;
}

/** A span of the plan: `30s`, `1m30s`, `2h`. The inverse of {@link parseDuration} to the millisecond. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0s";
  let rest = Math.round(ms);
  let out = "";
  for (const [unit, size] of [
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1_000],
    ["ms", 1],
  ] as const) {
    const count = Math.floor(rest / size);
    if (count > 0) out += `${count}${unit}`;
    rest -= count * size;
  }
  return out;
}

export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ["GiB", 1024 ** 3],
    ["MiB", 1024 ** 2],
    ["KiB", 1024],
  ] as const) {
    if (bytes >= size) return `${formatNumber(bytes / size)} ${unit}`;
  }
  return `${bytes} B`;
}

/** Dollars with enough digits to see them: `$12.40`, `$0.0213`. */
export function formatMoney(dollars: number): string {
  if (dollars === 0) return "$0";
  if (Math.abs(dollars) >= 1)
    return `$${dollars.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return `$${formatNumber(dollars)}`;
}
