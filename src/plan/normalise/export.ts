import { lenient } from "../lenient.ts";
import type { Path } from "../path.ts";
import { exportSchema } from "../schema/export.ts";
import type { ExportPlace, ExportPlan } from "../types.ts";
import type { Context } from "./context.ts";
import { checkHeaders } from "./headers.ts";
import { proxyFor, readUrl } from "./place.ts";
import { trustOf, type WrittenTrust } from "./trust.ts";

const LOOPBACK = "127.0.0.1";
const MOST_PORT = 65_535;
/** What Plimsoll writes itself. */
const OWN_LABELS: ReadonlySet<string> = new Set(["run", "plan"]);

type Written = NonNullable<ReturnType<typeof exportSchema.parse>>;
type WrittenPlace =
  | string
  | {
      readonly url: string;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly tls?: WrittenTrust | undefined;
    };

export function normaliseExport(raw: unknown, ctx: Context): ExportPlan {
  const { remoteWrite, otlp, listen, labels = {} }: Written = lenient(exportSchema, raw ?? {})?.value ?? {};
  const write = placeOf(remoteWrite, "/api/v1/write", ["export", "remoteWrite"], ctx);
  const metrics = placeOf(otlp, "/v1/metrics", ["export", "otlp"], ctx);
  const encoding = (typeof otlp === "object" ? otlp.encoding : undefined) ?? "protobuf";
  const address = listen === undefined ? undefined : addressOf(listen, ctx);
  for (const name of Object.keys(labels)) {
    if (OWN_LABELS.has(name)) {
      const hint = "Give it another name.";
      const message = `Plimsoll writes the label \`${name}\` itself`;
      ctx.findings.fault({
        code: "PLAN_CONFLICT",
        path: ["export", "labels", name],
        message,
        hint,
        atKey: true,
        bare: true,
      });
    }
  }
  return {
    ...(write === undefined ? {} : { remoteWrite: write }),
    ...(metrics === undefined ? {} : { otlp: { ...metrics, encoding } }),
    ...(address === undefined ? {} : { listen: address }),
    labels,
  };
}

/** Credentials of the URL become a header; a URL without a path has the protocol's own. */
function placeOf(written: WrittenPlace | undefined, ownPath: string, at: Path, ctx: Context): ExportPlace | undefined {
  if (written === undefined) return undefined;
  const { url: text, headers = {}, tls } = typeof written === "string" ? { url: written } : written;
  const path = typeof written === "string" ? at : [...at, "url"];
  checkHeaders(headers, [...at, "headers"], ctx);
  const trust = tls === undefined ? undefined : trustOf(tls, [...at, "tls"], ctx);
  const parsed = readUrl(text, `http://127.0.0.1:9090${ownPath}`, path, ctx);
  if (parsed === undefined) return undefined;
  const { url, authorization } = parsed;
  if (url.pathname === "/") url.pathname = ownPath;
  const isTold = Object.keys(headers).some((header) => header.toLowerCase() === "authorization");
  const proxy = proxyFor(url, path, ctx);
  return {
    url: url.href,
    headers: authorization === undefined || isTold ? headers : { ...headers, authorization },
    ...(proxy === undefined ? {} : { proxy }),
    ...(trust === undefined ? {} : { tls: trust }),
  };
}

/** `9464`, `127.0.0.1:9464`, `[::1]:9464` */
function addressOf(written: number | string, ctx: Context): ExportPlan["listen"] {
  if (typeof written === "number") return { host: LOOPBACK, port: written };
  const [, bracketed, host = bracketed, digits = ""] =
    /^(?:(?:\[([^\]]+)\]|([^:\s]+)):)?(\d+)$/.exec(written.trim()) ?? [];
  const port = digits === "" ? Number.NaN : Number(digits);
  if (port <= MOST_PORT) return { host: host ?? LOOPBACK, port };
  ctx.findings.fault({
    code: "PLAN_TYPE",
    path: ["export", "listen"],
    message: "expected a port, or a host and a port",
    hint: "Write 9464, or 127.0.0.1:9464.",
  });
  return undefined;
}
