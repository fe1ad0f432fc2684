import { once } from "node:events";
import { createServer } from "node:http";
import { z } from "zod";

const attribute = z.object({
  key: z.string(),
  value: z.union([
    z.strictObject({ stringValue: z.string() }),
    z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
    z.strictObject({ doubleValue: z.number() }),
    z.strictObject({ arrayValue: z.object({ values: z.array(z.strictObject({ stringValue: z.string() })) }) }),
  ]),
});

/** OTLP's JSON encoding, as far as a collector insists on it. */
const span = z.strictObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  name: z.string().min(1),
  kind: z.int().min(1).max(5),
  startTimeUnixNano: z.string().regex(/^\d{19}$/),
  endTimeUnixNano: z.string().regex(/^\d{19}$/),
  attributes: z.array(attribute),
  status: z.strictObject({ code: z.int().min(0).max(2), message: z.string().optional() }),
});

const request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.object({ scope: z.object({ name: z.string() }), spans: z.array(span) })),
    }),
  ),
});

export interface SeenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: string | undefined;
  readonly name: string;
  readonly kind: number;
  /** ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Collector {
  readonly url: string;
  readonly spans: readonly SeenSpan[];
  readonly faults: readonly string[];
  close(): void;
}

/** A receiver of OTLP over HTTP that keeps what it is sent, and what was wrong with it; `status` is what it answers. */
export async function collector(status = 200): Promise<Collector> {
  const spans: SeenSpan[] = [];
  const faults: string[] = [];
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.on("end", () => {
      if (message.url !== "/v1/traces") faults.push(`posted to ${message.url}`);
      const body = request.safeParse(JSON.parse(Buffer.concat(chunks).toString()));
      if (!body.success) faults.push(z.prettifyError(body.error));
      else if (status === 200)
        for (const { scopeSpans } of body.data.resourceSpans)
          for (const { spans: sent } of scopeSpans) spans.push(...sent.map(seen));
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    spans,
    faults,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function seen(sent: z.infer<typeof span>): SeenSpan {
  return {
    traceId: sent.traceId,
    spanId: sent.spanId,
    parent: sent.parentSpanId,
    name: sent.name,
    kind: sent.kind,
    from: Number(BigInt(sent.startTimeUnixNano) / 1000n) / 1000,
    to: Number(BigInt(sent.endTimeUnixNano) / 1000n) / 1000,
    failed: sent.status.code === 2,
    attributes: Object.fromEntries(sent.attributes.map(({ key, value }) => [key, plain(value)])),
  };
}

function plain(value: z.infer<typeof attribute>["value"]): unknown {
  if ("intValue" in value) return Number(value.intValue);
  if ("stringValue" in value) return value.stringValue;
  return "doubleValue" in value ? value.doubleValue : value.arrayValue.values.map(({ stringValue }) => stringValue);
}
