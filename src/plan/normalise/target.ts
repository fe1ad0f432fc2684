import { completeUrl, PROTOCOL_TABLE, PROTOCOLS, type ProtocolName, protocolOfPath } from "../../base/index.ts";
import { lenient } from "../lenient.ts";
import { targetSchema } from "../schema/target.ts";
import type { AnswerPaths, RetryPlan, Target } from "../types.ts";
import { type Context, orDefault } from "./context.ts";
import { proxyFor, readUrl } from "./place.ts";
import { checkTarget, isSocketUrl, type WrittenTarget } from "./target-checks.ts";
import { trustOf } from "./trust.ts";

const MIB = 1024 * 1024;

export function normaliseTarget(raw: unknown, ctx: Context): Target | undefined {
  const read = lenient(targetSchema, raw);
  if (!read) return undefined;
  const written = read.value;
  const { timeouts, tls, connections, websocket } = written;
  const trust = trustOf(tls ?? {}, ["target", "tls"], ctx);
  const parsed = readUrl(written.url, "http://127.0.0.1:8000/v1", ["target", "url"], ctx, "websocket");
  const protocol =
    read.cut.has("protocol") || !parsed
      ? written.protocol
      : readProtocol(written.protocol, written.url, parsed.url, ctx);
  checkTarget(written, protocol, read.cut, ctx);
  if (!protocol || !parsed) return undefined;
  const { url, authorization } = parsed;
  const headers = { ...written.headers };
  if (authorization && !Object.keys(headers).some((name) => name.toLowerCase() === "authorization")) {
    headers["authorization"] = authorization;
  }
  completeUrl(url, protocol);
  const { asksPaths, repeatable } = PROTOCOL_TABLE[protocol];
  const proxy = proxyFor(url, ["target", "url"], ctx);
  return {
    url: url.href,
    protocol,
    method: !asksPaths ? "POST" : orDefault(written.method, "POST", "target.method", "POST", ctx),
    ...(written.model === undefined ? {} : { model: written.model }),
    ...(written.request === undefined ? {} : { request: written.request }),
    ...(written.parameters === undefined ? {} : { parameters: written.parameters }),
    ...(asksPaths ? { events: answerPaths(written.events) } : {}),
    headers,
    timeouts: {
      connect: orDefault(timeouts?.connect, 5_000, "target.timeouts.connect", "5s", ctx),
      firstToken: orDefault(timeouts?.firstToken, 30_000, "target.timeouts.firstToken", "30s", ctx),
      idle: orDefault(timeouts?.idle, 20_000, "target.timeouts.idle", "20s", ctx),
      total: orDefault(timeouts?.total, 300_000, "target.timeouts.total", "5m", ctx),
    },
    tls:
      url.protocol === "https:"
        ? { ...trust, verify: orDefault(tls?.verify, true, "target.tls.verify", "true", ctx) }
        : trust,
    connections: connectionsPlan(connections, ctx),
    ...(written.http === undefined || written.http === "auto" ? {} : { http: written.http }),
    ...(protocol === "websocket"
      ? { websocket: { subprotocols: websocket?.subprotocols ?? [], ping: websocket?.ping ?? 0 } }
      : {}),
    ...(proxy === undefined ? {} : { proxy }),
    repeatable: orDefault(written.repeatable, repeatable, "target.repeatable", String(repeatable), ctx),
    retries: retryPlan(written.retries, ctx),
    maxAnswerBytes: orDefault(written.maxAnswer, 16 * MIB, "target.maxAnswer", "16MiB", ctx),
  };
}

function connectionsPlan(written: WrittenTarget["connections"], ctx: Context): Target["connections"] {
  const { per, warm, streams } = written ?? {};
  const max = orDefault(written?.max, 4096, "target.connections.max", "4096", ctx);
  const keepAlive =
    per === "request" ? false : orDefault(written?.keepAlive, true, "target.connections.keepAlive", "true", ctx);
  return {
    max,
    keepAlive,
    ...(per === undefined || per === "request" ? {} : { per }),
    ...(warm === undefined || warm === 0 ? {} : { warm }),
    ...(streams === undefined ? {} : { streams }),
  };
}

function answerPaths(events: WrittenTarget["events"]): AnswerPaths {
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

function retryPlan(retries: WrittenTarget["retries"], ctx: Context): RetryPlan {
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

function readProtocol(
  written: ProtocolName | undefined,
  text: string,
  url: URL,
  ctx: Context,
): ProtocolName | undefined {
  if (written) return written;
  const told = isSocketUrl(text) ? "websocket" : protocolOfPath(url.pathname);
  if (told !== undefined) return orDefault<ProtocolName>(undefined, told, "target.protocol", told, ctx);
  ctx.findings.fault({
    code: "PLAN_MISSING",
    path: ["target", "protocol"],
    message: "protocol is missing, and the URL does not tell it",
    hint: `Add \`protocol:\` with one of ${PROTOCOLS.join(", ")}.`,
    bare: true,
  });
  return undefined;
}
