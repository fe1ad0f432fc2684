/** OTLP's JSON encoding of spans (opentelemetry-proto, trace/v1): ids in hex, times as decimal nanoseconds. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly status: { readonly code: number; readonly message?: string };
}

export interface OtlpAttribute {
  readonly key: string;
  readonly value:
    | { readonly stringValue: string }
    | { readonly intValue: string }
    | { readonly doubleValue: number }
    | { readonly arrayValue: { readonly values: readonly { readonly stringValue: string }[] } };
}

export const SPAN_KIND = { internal: 1, server: 2, client: 3 } as const;
export const STATUS = { unset: 0, ok: 1, error: 2 } as const;

export type AttributeValue = string | number | readonly string[];

/** Whole numbers become integers, except under the names that are seconds. */
export function attributesOf(values: Readonly<Record<string, AttributeValue | undefined>>): OtlpAttribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: valueOf(key, value) }],
  );
}

function valueOf(key: string, value: AttributeValue): OtlpAttribute["value"] {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value !== "number") return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } };
  const whole = Number.isSafeInteger(value) && !key.startsWith("gen_ai.latency.");
  return whole ? { intValue: String(value) } : { doubleValue: value };
}

/** Unix time of `ms` in nanoseconds; a number of milliseconds since 1970 has no room for them. */
export function unixNano(ms: number): string {
  const whole = Math.floor(ms);
  const nanos = Math.min(999_999, Math.max(0, Math.round((ms - whole) * 1e6)));
  return `${whole}${String(nanos).padStart(6, "0")}`;
}

export function exportRequest(spans: readonly OtlpSpan[], resource: Readonly<Record<string, AttributeValue>>): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: "plimsoll.twin" }, spans }],
      },
    ],
  };
}
