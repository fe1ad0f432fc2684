import type { TokenBucket } from "./token-bucket.ts";

/** One limit: what it counts, a minute, in a bucket. */
export interface Limit {
  /** As headers name it. */
  readonly counts: "requests" | "tokens" | "input-tokens" | "output-tokens";
  readonly perMinute: number;
  readonly bucket: TokenBucket;
}

export type RateDialect = "openai" | "anthropic";

/** The headers that a provider sends with every answer. `epoch`: ms from 1970 to time 0. */
export function limitHeaders(
  dialect: RateDialect,
  limits: readonly Limit[],
  now: number,
  epoch: number,
): Record<string, string> {
  return HEADERS[dialect](limits, now, epoch);
}

const HEADERS: Readonly<
  Record<RateDialect, (limits: readonly Limit[], now: number, epoch: number) => Record<string, string>>
> = { openai, anthropic };

/**
 * `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`; reset is the time until the limit is whole again, as `120ms`, `1s`, `6m0s`
 * (OpenAI's guide "Rate limits", section "Rate limits in headers").
 */
function openai(limits: readonly Limit[], now: number): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { counts, perMinute, bucket } of limits) {
    headers[`x-ratelimit-limit-${counts}`] = String(perMinute);
    headers[`x-ratelimit-remaining-${counts}`] = String(remaining(bucket, now));
    headers[`x-ratelimit-reset-${counts}`] = goDuration(bucket.reset(now));
  }
  return headers;
}

/**
 * `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}`; reset is a time of day (RFC 3339), tokens remaining
 * are rounded to thousands, and `tokens` shows the most restrictive token limit (Anthropic's page "Rate limits", section "Response headers").
 */
function anthropic(limits: readonly Limit[], now: number, epoch: number): Record<string, string> {
  const headers: Record<string, string> = {};
  const tell = ({ perMinute, bucket }: Limit, name: string, unit: number): void => {
    const prefix = `anthropic-ratelimit-${name}`;
    headers[`${prefix}-limit`] = String(perMinute);
    headers[`${prefix}-remaining`] = String(Math.round(remaining(bucket, now) / unit) * unit);
    headers[`${prefix}-reset`] = rfc3339(epoch + now + bucket.reset(now));
  };
  for (const limit of limits) tell(limit, limit.counts, limit.counts === "requests" ? 1 : THOUSAND);
  const tokens = limits.filter((limit) => limit.counts !== "requests");
  const [least] = [...tokens].sort((a, b) => remaining(a.bucket, now) - remaining(b.bucket, now));
  if (least !== undefined) tell(least, "tokens", THOUSAND);
  return headers;
}

const THOUSAND = 1000;

function remaining(bucket: TokenBucket, now: number): number {
  return Math.max(0, Math.floor(bucket.level(now) + 1e-9));
}

/** A duration as Go prints it, to the millisecond: `120ms`, `1s`, `4m12.172s`, `1h0m0s`. */
export function goDuration(ms: number): string {
  const whole = Math.ceil(ms - 1e-6);
  if (whole < 1000) return whole <= 0 ? "0s" : `${whole}ms`;
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor((whole % 3_600_000) / 60_000);
  const seconds = `${(whole % 60_000) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

function rfc3339(ms: number): string {
  return `${new Date(Math.ceil(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}
