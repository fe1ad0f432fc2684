import { lenient } from "../lenient.ts";
import type { Path } from "../path.ts";
import { observeSchema } from "../schema/observe.ts";
import type { ObservedPage, ObservedProcess, ObservedServer, ObservePlan } from "../types.ts";
import { type Context, orDefault } from "./context.ts";
import { checkHeaders } from "./headers.ts";
import { proxyFor, readUrl } from "./place.ts";
import { trustOf, type WrittenTrust } from "./trust.ts";

const EVERY = 333;
/** ms: a beat that a scrape of a few milliseconds can keep. */
const SHORTEST = 50;

type Written = NonNullable<ReturnType<typeof observeSchema.parse>>;

/** A source, and where it is written. */
interface Placed<T> {
  readonly source: T;
  readonly at: Path;
}

/** What is observed; with nothing written, whatever the target shows of itself. */
export function normaliseObserve(raw: unknown, ctx: Context): ObservePlan {
  const written: Written = lenient(observeSchema, raw ?? {})?.value ?? {};
  const every = orDefault(written.every, EVERY, "observe.every", `${EVERY}ms`, ctx);
  if (every < SHORTEST) {
    ctx.findings.fault({
      code: "PLAN_RANGE",
      path: ["observe", "every"],
      message: `expected ${SHORTEST}ms or more`,
      hint: `Write ${SHORTEST}ms or a longer time; ${EVERY}ms is the default.`,
    });
  }
  const pages = (written.prometheus ?? []).flatMap((page, i): Placed<ObservedPage>[] => {
    const { url, name, headers, tls } = typeof page === "string" ? { url: page } : page;
    const at: Path = ["observe", "prometheus", i];
    const path = typeof page === "string" ? at : [...at, "url"];
    return reached({ url, name, headers, tls, path, at }, ctx).map((source) => ({ source, at }));
  });
  const server = written.server === undefined ? undefined : observedServer(written.server, ctx);
  const processes = (written.processes ?? []).flatMap((process, i): Placed<ObservedProcess>[] =>
    observedProcess(process, i, ctx).map((source) => ({ source, at: ["observe", "processes", i] })),
  );
  const servers = server === undefined ? [] : [{ source: server, at: ["observe", "server"] }];
  checkNames([...pages, ...servers, ...processes], ctx);
  const prometheus = pages.map(({ source }) => source);
  return {
    prometheus,
    every,
    discover: orDefault(written.discover, true, "observe.discover", "true", ctx),
    ...(server === undefined ? {} : { server }),
    processes: processes.map(({ source }) => source),
  };
}

function observedServer(written: NonNullable<Written["server"]>, ctx: Context): ObservedServer | undefined {
  const { url, name, headers, tls, queries = [], jobs = [] } = written;
  const at: Path = ["observe", "server"];
  const [found] = reached({ url, name, headers, tls, path: [...at, "url"], at }, ctx);
  return found === undefined
    ? undefined
    : {
        ...found,
        queries: queries.map((query, i) => {
          const { query: promql, name: own } = typeof query === "string" ? { query } : query;
          return { query: promql, name: own ?? `query ${i + 1}` };
        }),
        jobs,
      };
}

interface WrittenPlace {
  readonly url: string;
  readonly name?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly tls?: WrittenTrust | undefined;
  /** Of the URL, and of what holds it. */
  readonly path: Path;
  readonly at: Path;
}

/** A place on the network; credentials of its URL become a header. */
function reached({ url: text, name, headers = {}, tls, path, at }: WrittenPlace, ctx: Context): ObservedPage[] {
  checkHeaders(headers, [...at, "headers"], ctx);
  const trust = tls === undefined ? undefined : trustOf(tls, [...at, "tls"], ctx);
  const parsed = readUrl(text, "http://127.0.0.1:8000/metrics", path, ctx);
  if (parsed === undefined) return [];
  const { url, authorization } = parsed;
  const isTold = Object.keys(headers).some((header) => header.toLowerCase() === "authorization");
  const proxy = proxyFor(url, path, ctx);
  return [
    {
      name: name ?? url.host,
      url: url.href,
      headers: authorization === undefined || isTold ? headers : { ...headers, authorization },
      ...(proxy === undefined ? {} : { proxy }),
      ...(trust === undefined ? {} : { tls: trust }),
    },
  ];
}

function observedProcess(
  { pid, port, name }: NonNullable<Written["processes"]>[number],
  i: number,
  ctx: Context,
): ObservedProcess[] {
  if (pid !== undefined && port === undefined) return [{ name: name ?? `pid ${pid}`, pid }];
  if (port !== undefined && pid === undefined) return [{ name: name ?? `port ${port}`, port }];
  ctx.findings.fault({
    code: pid === undefined ? "PLAN_MISSING" : "PLAN_CONFLICT",
    path: ["observe", "processes", i],
    message: pid === undefined ? "a process needs pid or port" : "a process has pid or port, not both",
    hint: "Write `port: 8000`, or `pid: 1234`.",
    bare: true,
  });
  return [];
}

/** Two sources of one name would be told apart by nobody. */
function checkNames(sources: readonly Placed<{ readonly name: string }>[], ctx: Context): void {
  const seen = new Set<string>();
  for (const {
    source: { name },
    at: path,
  } of sources) {
    if (seen.has(name)) {
      const hint = "Give one of the two another `name`.";
      ctx.findings.fault({ code: "PLAN_CONFLICT", path, message: `\`${name}\` is observed twice`, hint, bare: true });
    }
    seen.add(name);
  }
}
