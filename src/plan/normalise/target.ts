import { validateHeaderName, validateHeaderValue } from "node:http";
import type { Path } from "../path.ts";
import { resolveProxy } from "../proxy.ts";
import { lenient } from "../lenient.ts";
import { targetSchema } from "../schema/target.ts";
import type { AnswerPaths, Json, ProtocolName, RetryPlan, Target } from "../types.ts";
import { type Context, orDefault } from "./context.ts";
import { readableFile } from "./files.ts";

type Written = ReturnType<typeof targetSchema.parse>;

/** The paths of OpenAI's stream; the dialect of `openai-chat` reads these whatever a plan says. */
const OPENAI_PATHS: AnswerPaths = {
  token: "$.choices[0].delta.content",
  reasoning: "$.choices[0].delta.reasoning_content",
  usage: "$.usage",
  done: "$.choices[0].finish_reason",
  error: "$.error",
  model: "$.model",
};

const MIB = 1024 * 1024;

export function normaliseTarget(raw: unknown, ctx: Context): Target | undefined {
  const read = lenient(targetSchema, raw);
  if (!read) return undefined;
  const written = read.value;
  const parsed = readUrl(written.url, ctx);
  if (!parsed) checkPieces(written, undefined, read.cut, ctx);
  if (!parsed) return undefined;
  const { url, authorization } = parsed;
  const protocol = read.cut.has("protocol") ? undefined : readProtocol(written.protocol, url, ctx);
  checkPieces(written, protocol, read.cut, ctx);
  if (!protocol) return undefined;
  const headers = { ...written.headers };
  if (authorization && !Object.keys(headers).some((name) => name.toLowerCase() === "authorization"))
    headers["authorization"] = authorization;
  if (protocol === "openai-chat") completeOpenAiUrl(url);
  const choice = resolveProxy(url, ctx.env);
  if ("problem" in choice) {
    ctx.findings.fault({
      code: "PLAN_PROXY",
      path: ["target", "url"],
      message: `${choice.variable} ${choice.problem}`,
      hint: `Set ${choice.variable} to an http or https URL, or name the target's host in NO_PROXY.`,
      bare: true,
    });
  }
  const { timeouts, tls, connections } = written;
  const ca = tls?.ca === undefined ? undefined : readableFile(tls.ca, ["target", "tls", "ca"], ctx);
  return {
    url: url.href,
    protocol,
    method: written.method ?? "POST",
    ...(written.model === undefined ? {} : { model: written.model }),
    ...(written.request === undefined ? {} : { request: asJson(written.request) }),
    ...(written.parameters === undefined ? {} : { parameters: written.parameters }),
    events: protocol === "openai-chat" ? OPENAI_PATHS : answerPaths(written.events),
    headers,
    timeouts: {
      connect: orDefault(timeouts?.connect, 5_000, "target.timeouts.connect", "5s", ctx),
      firstToken: orDefault(timeouts?.firstToken, 30_000, "target.timeouts.firstToken", "30s", ctx),
      idle: orDefault(timeouts?.idle, 20_000, "target.timeouts.idle", "20s", ctx),
      total: orDefault(timeouts?.total, 300_000, "target.timeouts.total", "5m", ctx),
    },
    tls: {
      verify: tls?.verify ?? true,
      ...(ca === undefined ? {} : { ca }),
      ...(tls?.serverName === undefined ? {} : { serverName: tls.serverName }),
    },
    connections: {
      max: orDefault(connections?.max, 4096, "target.connections.max", "4096", ctx),
      keepAlive: connections?.keepAlive ?? true,
    },
    ...("proxy" in choice && choice.proxy !== undefined ? { proxy: choice.proxy } : {}),
    repeatable: orDefault(
      written.repeatable,
      protocol === "openai-chat",
      "target.repeatable",
      String(protocol === "openai-chat"),
      ctx,
    ),
    retries: retryPlan(written.retries, ctx),
    maxAnswerBytes: orDefault(written.maxAnswer, 16 * MIB, "target.maxAnswer", "16MiB", ctx),
  };
}

function asJson(value: Json): Json {
  return value;
}

function answerPaths(events: Written["events"]): AnswerPaths {
  const { token = "", reasoning, usage, done, error, model } = events ?? {};
  return {
    token,
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(usage === undefined ? {} : { usage }),
    ...(done === undefined ? {} : { done }),
    ...(error === undefined ? {} : { error }),
    ...(model === undefined ? {} : { model }),
  };
}

function retryPlan(retries: Written["retries"], ctx: Context): RetryPlan {
  const count = orDefault(
    retries?.count,
    retries === undefined ? 0 : 1,
    "target.retries.count",
    retries === undefined ? "0" : "1",
    ctx,
  );
  const path = ["target", "retries"].join(".");
  return {
    count,
    on:
      count === 0
        ? (retries?.on ?? [])
        : orDefault(retries?.on, ["refused", "failed"], `${path}.on`, "refused, failed", ctx),
    backoff:
      count === 0 ? (retries?.backoff ?? 500) : orDefault(retries?.backoff, 500, `${path}.backoff`, "500ms", ctx),
    maxBackoff:
      count === 0
        ? (retries?.maxBackoff ?? 30_000)
        : orDefault(retries?.maxBackoff, 30_000, `${path}.maxBackoff`, "30s", ctx),
    honourRetryAfter: retries?.honourRetryAfter ?? true,
  };
}

function readUrl(text: string, ctx: Context): { url: URL; authorization?: string } | undefined {
  const path: Path = ["target", "url"];
  if (!URL.canParse(text)) {
    ctx.findings.fault({
      code: "PLAN_URL",
      path,
      message: "expected a URL",
      hint: `Write a URL such as http://127.0.0.1:8000/v1${/^[\w.-]+(:\d+)?(\/|$)/.test(text) ? "; it begins with http:// or https://" : ""}.`,
    });
    return undefined;
  }
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    ctx.findings.fault({
      code: "PLAN_URL",
      path,
      message: "expected an http or https URL",
      hint: "Begin the URL with http:// or https://.",
    });
    return undefined;
  }
  url.hash = "";
  if (url.username === "" && url.password === "") return { url };
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = "";
  url.password = "";
  return { url, authorization: `Basic ${Buffer.from(user).toString("base64")}` };
}

function readProtocol(written: ProtocolName | undefined, url: URL, ctx: Context): ProtocolName | undefined {
  if (written) return written;
  if (/\/v1\/?$|\/v1\/chat\/completions\/?$/.test(url.pathname))
    return orDefault<ProtocolName>(undefined, "openai-chat", "target.protocol", "openai-chat", ctx);
  ctx.findings.fault({
    code: "PLAN_MISSING",
    path: ["target", "protocol"],
    message: "protocol is missing, and the URL does not tell it",
    hint: "Add `protocol:` with openai-chat, http-sse or http-json.",
    bare: true,
  });
  return undefined;
}

/** `/v1/chat/completions`, from a URL with or without it. */
function completeOpenAiUrl(url: URL): void {
  const path = url.pathname.replace(/\/+$/, "");
  if (/\/chat\/completions$/.test(path)) url.pathname = path;
  else url.pathname = `${path}${/\/v\d+\w*$/.test(path) ? "" : "/v1"}/chat/completions`;
}

const OWN_HEADERS: ReadonlySet<string> = new Set([
  "content-length",
  "transfer-encoding",
  "connection",
  "expect",
  "upgrade",
  "te",
  "trailer",
]);

function checkPieces(
  written: Written,
  protocol: ProtocolName | undefined,
  cut: ReadonlySet<string>,
  ctx: Context,
): void {
  checkHeaders(written.headers ?? {}, ctx);
  const at = (...rest: string[]): Path => ["target", ...rest];
  const fault = ctx.findings.fault.bind(ctx.findings);
  for (const [name, path] of Object.entries(written.events ?? {})) {
    if (path !== undefined && !isJsonPath(path))
      fault({
        code: "PLAN_JSON_PATH",
        path: at("events", name),
        message: "expected a JSON path",
        hint: "Write a path such as $.choices[0].delta.content.",
      });
  }
  if (written.tls?.verify === false) {
    ctx.findings.warnings.push({
      code: "PLAN_TLS_UNVERIFIED",
      message: "the server's certificate is not verified",
      hint: "Name its authority in target.tls.ca instead.",
    });
  }
  const { firstToken = 30_000, total = 300_000 } = written.timeouts ?? {};
  if (firstToken > total) {
    ctx.findings.warnings.push({
      code: "PLAN_TIMEOUTS",
      message: "target.timeouts.firstToken is longer than total, so it never runs out",
      hint: "Raise total, or lower firstToken.",
    });
  }
  if (!protocol) return;
  if (protocol === "openai-chat") {
    if (written.request !== undefined)
      fault({
        code: "PLAN_CONFLICT",
        path: at("request"),
        message: "openai-chat writes the body itself",
        hint: "Move fields such as temperature to target.parameters.",
        atKey: true,
        bare: true,
      });
    if (written.events !== undefined)
      fault({
        code: "PLAN_CONFLICT",
        path: at("events"),
        message: "openai-chat knows where its answers are",
        hint: "Remove events, or use protocol: http-sse.",
        atKey: true,
        bare: true,
      });
    if (written.method !== undefined && written.method !== "POST")
      fault({
        code: "PLAN_CONFLICT",
        path: at("method"),
        message: "openai-chat is asked by POST",
        hint: "Remove method.",
      });
    if (written.model === undefined && !cut.has("model"))
      ctx.findings.warnings.push({
        code: "PLAN_NO_MODEL",
        message: "target.model is missing; most OpenAI-compatible servers need it",
        hint: "Add `model:` with a name that GET /v1/models lists.",
      });
    return;
  }
  if (written.parameters !== undefined)
    fault({
      code: "PLAN_CONFLICT",
      path: at("parameters"),
      message: `${protocol} takes its whole body from request`,
      hint: "Move the fields to target.request.",
      atKey: true,
      bare: true,
    });
  if (written.request === undefined && !cut.has("request") && written.method !== "GET") {
    fault({
      code: "PLAN_MISSING",
      path: at("request"),
      message: `${protocol} needs a request body`,
      hint: 'Add `request: { message: "{{turn.prompt}}" }` in the form that the target takes.',
      bare: true,
    });
  }
  if (written.events === undefined && !cut.has("events")) {
    fault({
      code: "PLAN_MISSING",
      path: at("events", "token"),
      message: `${protocol} needs to know where the answer's text is`,
      hint: 'Add `events: { token: "$.delta" }` with the JSON path in the target\'s answers.',
      bare: true,
    });
  }
}

function checkHeaders(headers: Readonly<Record<string, string>>, ctx: Context): void {
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const path = ["target", "headers", name];
    const fault = (message: string, hint: string): void =>
      ctx.findings.fault({ code: "PLAN_HEADER", path, message, hint, atKey: true, bare: true });
    if (!accepts(() => validateHeaderName(name)))
      fault("this is no name of a header", "Use letters, digits and hyphens.");
    else if (!accepts(() => validateHeaderValue(name, value)))
      fault("the value holds characters that no header may hold", "Remove line breaks and control characters.");
    const lower = name.toLowerCase();
    if (OWN_HEADERS.has(lower)) fault(`Plimsoll writes \`${lower}\` itself`, "Remove this header.");
    if (seen.has(lower)) fault("this header is there twice", "Remove one of the two.");
    seen.add(lower);
  }
}

function accepts(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** `$`, then any of `.name`, `["name"]`, `[0]`. */
function isJsonPath(text: string): boolean {
  return /^\$(?:\.[A-Za-z_][\w-]*|\[\d+\]|\["[^"]*"\]|\['[^']*'\])*$/.test(text);
}
