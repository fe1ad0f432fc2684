import { describe, expect, test } from "vitest";
import { EXIT, type Fault, PlimsollError } from "../base/index.ts";
import { type ResolveOptions, resolvePlan } from "./resolve.ts";

const CHAT = { target: { url: "http://127.0.0.1:8000/v1", model: "m" } };
const SSE = {
  url: "http://127.0.0.1:8400/chat",
  protocol: "http-sse",
  request: { q: "{{turn.prompt}}" },
  events: { token: "$.delta" },
};

function plan(input: unknown, options: ResolveOptions = {}) {
  return resolvePlan(input, { env: {}, ...options }).plan;
}

function faults(input: unknown, options: ResolveOptions = {}): readonly Fault[] {
  try {
    resolvePlan(input, { env: {}, ...options });
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    expect(error.exitCode).toBe(EXIT.planInvalid);
    return error.faults;
  }
  return [];
}

const brief = (input: unknown, options?: ResolveOptions) =>
  faults(input, options).map(({ path, message }) => `${path ?? "-"}: ${message}`);

describe("a plan with nothing but a target", () => {
  test("is complete, and says what it took for granted", () => {
    const { plan: complete, defaults, warnings } = resolvePlan(CHAT, { env: {}, cwd: "/somewhere" });
    expect(complete).toMatchSnapshot("plan");
    expect(defaults).toMatchSnapshot("defaults");
    expect(warnings).toEqual([]);
  });

  test("runs at 1x where a peak is expected", () => {
    expect(plan({ ...CHAT, expect: { peak: "5 users" } }).stages).toMatchObject([
      { unit: "users", load: [{ value: 5 }] },
    ]);
  });

  test("takes its name from its file, else from its target", () => {
    expect(plan(CHAT, { file: "some/launch day.yaml" }).name).toBe("launch day");
    expect(plan(CHAT).name).toBe("127.0.0.1");
  });
});

describe("a target's URL", () => {
  test.each([
    ["http://h/v1", "http://h/v1/chat/completions"],
    ["http://h/v1/", "http://h/v1/chat/completions"],
    ["http://h", "http://h/v1/chat/completions"],
    ["http://h/openai", "http://h/openai/v1/chat/completions"],
    ["http://h/v2", "http://h/v2/chat/completions"],
    ["http://h/v1beta/", "http://h/v1beta/chat/completions"],
    ["http://h/v1/chat/completions", "http://h/v1/chat/completions"],
    [
      "https://h/deployments/x/chat/completions?api-version=1",
      "https://h/deployments/x/chat/completions?api-version=1",
    ],
  ])("of an OpenAI-compatible server may be %s", (url, full) => {
    expect(plan({ target: { url, protocol: "openai-chat", model: "m" } }).target.url).toBe(full);
  });

  test("tells the protocol where it ends as OpenAI's does, and only there", () => {
    expect(plan({ target: { url: "http://h/v1/chat/completions", model: "m" } }).target.protocol).toBe("openai-chat");
    expect(brief({ target: { url: "http://h/chat" } })).toEqual([
      "target.protocol: protocol is missing, and the URL does not tell it",
    ]);
  });

  test("may hold a user and a password, which become a header", () => {
    const { target, secrets } = plan({ target: { url: "https://me:p%40ss-word@h/v1", model: "m" } });
    expect(target.url).toBe("https://h/v1/chat/completions");
    expect(target.headers).toEqual({ authorization: `Basic ${Buffer.from("me:p@ss-word").toString("base64")}` });
    expect(secrets).toContain("p@ss-word");
  });

  test.each([["127.0.0.1:8000/v1"], ["ftp://h/v1"], ["nonsense"], ["http://"]])("cannot be %s", (url) => {
    expect(faults({ target: { url, protocol: "openai-chat", model: "m" } })).toMatchObject([
      { code: "PLAN_URL", path: "target.url", received: url },
    ]);
  });
});

describe("a target", () => {
  test("of plain HTTP says what to send and where the answer is", () => {
    expect(brief({ target: { url: "http://h/x", protocol: "http-json", parameters: { a: 1 } } })).toEqual([
      "target.parameters: http-json takes its whole body from request",
      "target.request: http-json needs a request body",
      "target.events.token: http-json needs to know where the answer's text is",
    ]);
    expect(plan({ target: SSE }).target).toMatchObject({
      repeatable: false,
      method: "POST",
      events: { token: "$.delta" },
    });
  });

  test("of openai-chat has no body and no paths of its own", () => {
    expect(brief({ target: { ...CHAT.target, method: "GET", request: {}, events: { token: "$" } } })).toEqual([
      "target.request: openai-chat writes the body itself",
      "target.events: openai-chat knows where its answers are",
      "target.method: openai-chat is asked by POST",
    ]);
  });

  test("is warned about when it names no model, trusts anyone, or has a timeout that cannot run out", () => {
    const target = { url: "https://h/v1", tls: { verify: false }, timeouts: { firstToken: "10m" } };
    expect(resolvePlan({ target }, { env: {} }).warnings.map((warning) => warning.code)).toEqual([
      "PLAN_TLS_UNVERIFIED",
      "PLAN_TIMEOUTS",
      "PLAN_NO_MODEL",
    ]);
  });

  test("has placeholders that exist and JSON paths that can be read", () => {
    const target = {
      ...SSE,
      request: { a: ["{{ turn.promt }} {{session.id}}"], "x y": "{{what}}" },
      events: { token: "delta", done: "$.a[0]['b c']" },
    };
    expect(faults({ target })).toMatchObject([
      { path: "target.events.token", message: "expected a JSON path", received: "delta" },
      {
        path: "target.request.a[0]",
        message: "`{{turn.promt}}` is no placeholder",
        hint: "Did you mean `{{turn.prompt}}`?",
      },
      { path: 'target.request["x y"]', message: "`{{what}}` is no placeholder" },
    ]);
  });

  test("has no header that breaks the request", () => {
    const headers = { "Content-Length": "5", "bad name": "x", good: "a\r\nb: c", GOOD: "x" };
    expect(brief({ target: { ...CHAT.target, headers } })).toEqual([
      "target.headers.Content-Length: Plimsoll writes `content-length` itself",
      'target.headers["bad name"]: this is no name of a header',
      "target.headers.good: the value holds characters that no header may hold",
      "target.headers.GOOD: this header is there twice",
    ]);
  });

  test("is reached through the proxy of the environment", () => {
    const target = { url: "http://api.example.com/v1", model: "m" };
    expect(plan({ target }, { env: { HTTP_PROXY: "proxy:3128" } }).target.proxy).toBe("http://proxy:3128/");
    expect(plan({ target }, { env: { HTTP_PROXY: "proxy:3128", NO_PROXY: "example.com" } }).target).not.toHaveProperty(
      "proxy",
    );
    expect(brief({ target }, { env: { HTTP_PROXY: "socks5://proxy" } })).toEqual([
      "target.url: HTTP_PROXY asks for socks5, which is not supported",
    ]);
  });
});

describe("variables", () => {
  const target = { url: "http://${HOST:-127.0.0.1}:8000/v1", model: "${MODEL}" };

  test("come from -e, then from the environment, then from their default", () => {
    const from = (env: Record<string, string>, vars: string[]) => plan({ target }, { env, vars }).target;
    expect(from({ MODEL: "env" }, []).model).toBe("env");
    expect(from({ MODEL: "env" }, ["MODEL=a=b c"]).model).toBe("a=b c");
    expect(from({ MODEL: "m", HOST: "h" }, []).url).toBe("http://h:8000/v1/chat/completions");
    expect(from({ MODEL: "m", HOST: "" }, []).url).toBe("http://127.0.0.1:8000/v1/chat/completions");
  });

  test("may stand for numbers, but text stays text", () => {
    const { seed, target: read } = plan(
      { target, seed: "${SEED}", workload: { personas: [{ name: "a", turns: "${N}" }] } },
      { vars: ["SEED=7", "MODEL=4", "N=3"] },
    );
    expect([seed, read.model]).toEqual([7, "4"]);
  });

  test("are escaped by a second dollar, and left alone in keys", () => {
    const { target: read } = plan({ target: { ...CHAT.target, parameters: { "${A}": "$${A} and $5 {x}" } } });
    expect(read.parameters).toEqual({ "${A}": "${A} and $5 {x}" });
  });

  test("that are not set are named, every one at once, with nothing else blamed for it", () => {
    expect(faults({ target, runs: "${OUT}" }, { env: { MODELS: "x" } })).toEqual([
      {
        code: "PLAN_VARIABLE",
        path: "target.model",
        message: "the variable MODEL is not set",
        hint: "Write ${MODELS} (did you mean that?), or set it in the environment or with -e MODEL=..., or write ${MODEL:-default}.",
      },
      {
        code: "PLAN_VARIABLE",
        path: "runs",
        message: "the variable OUT is not set",
        hint: "Set it in the environment or with -e OUT=..., or write ${OUT:-default}.",
      },
    ]);
  });

  test("that cannot be read are faults", () => {
    expect(brief({ target: { ...CHAT.target, model: "${a b} ${" } })).toEqual([
      "target.model: a reference to a variable that cannot be read",
    ]);
    expect(brief(CHAT, { vars: ["=x", "A"] })).toEqual(["-: -e needs KEY=VALUE"]);
  });
});

describe("what overrides what", () => {
  test("defaults < plan < environment < flags", () => {
    const env = {
      PLIMSOLL_SEED: "2",
      PLIMSOLL_TARGET_MODEL: "env",
      PLIMSOLL_WORKERS: "3",
      PLIMSOLL_RUNS: "/r",
      PLIMSOLL_TARGET_URL: "http://env/v1",
    };
    expect(plan(CHAT).seed).toBe(1);
    expect(plan({ ...CHAT, seed: 9 }).seed).toBe(9);
    expect(plan({ ...CHAT, seed: 9 }, { env })).toMatchObject({
      seed: 2,
      runs: "/r",
      generator: { workers: 3 },
      target: { model: "env", url: "http://env/v1/chat/completions" },
    });
    expect(plan({ ...CHAT, seed: 9 }, { env, set: ["seed=4", "target.model=flag"] })).toMatchObject({
      seed: 4,
      target: { model: "flag" },
    });
  });

  test("--set reaches any place, with values in YAML", () => {
    const set = [
      "stages[0].at=3/s",
      "stages[1]={ rest: 5s }",
      "target.headers.x-a=b=c",
      "target.retries={count: 2}",
      "slo[0]=ttft.p95 < 1s",
    ];
    expect(plan({ ...CHAT, stages: [{ steady: "1m", at: "1/s" }] }, { set })).toMatchObject({
      stages: [{ load: [{ value: 3 }] }, { kind: "rest", duration: 5000 }],
      target: { headers: { "x-a": "b=c" }, retries: { count: 2 } },
      slo: [{ expression: "ttft.p95 < 1s" }],
    });
  });

  test("a bad override is told, and where it came from", () => {
    const set = ["nonsense", "stages[5]=x", "target.url.x=1", "target.timeouts={", "targt.model=x", "seed=many"];
    expect(brief(CHAT, { set, env: { PLIMSOLL_WORKERS: "some" } })).toEqual([
      "-: --set needs path=value",
      "stages[5]: --set stages[5]: a new list begins at index 0",
      "target.url.x: --set target.url.x: that place holds a plain value",
      expect.stringContaining("target.timeouts: --set target.timeouts: "),
      "seed: expected a number (from --set)",
      "generator.workers: expected a number (from PLIMSOLL_WORKERS)",
      "targt: unknown field `targt` (from --set)",
    ]);
  });

  test("an override cannot reach a prototype", () => {
    expect(faults(CHAT, { set: ["__proto__.polluted=1", "constructor.prototype.polluted=1"] }).length).toBeGreaterThan(
      0,
    );
    expect({}).not.toHaveProperty("polluted");
  });

  test("the plan that was given is left as it was", () => {
    const input = structuredClone(CHAT);
    plan(input, { set: ["target.model=x"] });
    expect(input).toEqual(CHAT);
  });
});

describe("money, guards and the generator", () => {
  const prices = { input: "$0.15/M", output: "$0.60/M" };

  test("prices fill each other in", () => {
    expect(plan({ ...CHAT, prices }).prices).toEqual({
      input: 0.15 / 1e6,
      cached: 0.15 / 1e6,
      output: 0.6 / 1e6,
      reasoning: 0.6 / 1e6,
      request: 0,
    });
    expect(plan({ ...CHAT, prices: { request: "$0.01" } }).prices).toEqual({
      input: 0,
      cached: 0,
      output: 0,
      reasoning: 0,
      request: 0.01,
    });
    expect(brief({ ...CHAT, prices: { input: "$0.15/M" } })).toEqual(["prices.output: output is missing"]);
    expect(faults({ ...CHAT, prices: { ...prices, input: "$0.15" } })).toMatchObject([
      { message: "expected a price per token with its unit", hint: "Write the unit: $0.15/M." },
    ]);
  });

  test("a limit on cost needs prices", () => {
    const input = { ...CHAT, budget: { cost: "$10" }, slo: ["cost.total < $5"] };
    expect(faults(input).map((fault) => fault.path)).toEqual(["slo[0]", "budget.cost"]);
    expect(plan({ ...input, prices }).budget).toEqual({ cost: 10 });
  });

  test("a budget that ends before the stages do is warned about", () => {
    expect(resolvePlan({ ...CHAT, budget: { duration: "10s" } }, { env: {} }).warnings).toMatchObject([
      { code: "PLAN_BUDGET_SHORT" },
    ]);
  });

  test("a guard can be switched off, and shares are in percent", () => {
    expect(plan({ ...CHAT, guards: { allFailedFor: 0 }, generator: { texts: "100%", gaps: "0%" } })).toMatchObject({
      guards: { allFailedFor: 0 },
      generator: { texts: 1, gaps: 0 },
    });
    expect(faults({ ...CHAT, generator: { texts: 0.5 } })).toMatchObject([{ hint: "Write the unit: 50%." }]);
  });
});

test("a limit that can have no data is warned about", () => {
  const target = { ...SSE, protocol: "http-json" };
  const { warnings } = resolvePlan({ target, slo: ["ttft.p95 < 1s", "response.p95 < 1s"] }, { env: {} });
  expect(warnings).toMatchObject([{ code: "PLAN_NO_DATA", message: expect.stringContaining("ttft.p95 < 1s") }]);
});

test("a limit with options keeps them", () => {
  const slo = ["errors.rate < 1%", { expect: "ttft.p95 < 1s", window: "1m", abortOnFail: true, after: "30s" }];
  expect(plan({ ...CHAT, slo }).slo).toMatchObject([
    { abortOnFail: false, abortAfter: 0 },
    { window: 60_000, abortOnFail: true, abortAfter: 30_000 },
  ]);
});

describe("what is no plan", () => {
  test.each([
    [undefined, "PLAN_EMPTY"],
    [null, "PLAN_EMPTY"],
    [5, "PLAN_TYPE"],
    ["text", "PLAN_TYPE"],
    [[CHAT], "PLAN_TYPE"],
    [() => CHAT, "PLAN_TYPE"],
    [{}, "PLAN_MISSING"],
    [{ ...CHAT, seed: Number.NaN }, "PLAN_TYPE"],
    [{ ...CHAT, name: new Date(0) }, "PLAN_TYPE"],
    [JSON.parse('{"__proto__": {"x": 1}, "target": {"url": "http://h/v1", "model": "m"}}'), "PLAN_UNKNOWN_FIELD"],
  ])("%# is told so", (input, code) => {
    expect(faults(input)[0]).toMatchObject({ code });
  });

  test("a circle is found, however often it is taken", () => {
    const circle: unknown[] = [];
    circle.push(circle, circle);
    expect(brief({ ...CHAT, slo: circle })).toEqual([
      "slo[0]: this contains itself",
      "slo[1]: this contains itself",
      "slo[0]: expected a text or a mapping",
      "slo[1]: expected a text or a mapping",
    ]);
  });
});

test("what this version does not do is said, never ignored", () => {
  const later = { faults: [], dependencies: {}, quality: {} };
  expect(brief({ ...CHAT, ...later, slo: ["quality.truncated.rate < 1%"], stages: [{ replay: "1m" }] })).toEqual([
    "faults: this version does not do `faults` yet",
    "dependencies: this version does not do `dependencies` yet",
    "quality: this version does not do `quality` yet",
    "stages[0].replay: there is no such file",
    "slo[0]: this version does not judge answers yet",
  ]);
});

test("how a target is travelled to is read: the scheme names a websocket, a number a version, and what contradicts is said", () => {
  const socket = { url: "wss://h/chat", request: "{{turn.prompt}}", events: { token: "$" } };
  expect(plan({ target: socket }).target).toMatchObject({
    url: "https://h/chat",
    protocol: "websocket",
    websocket: { subprotocols: [], ping: 0 },
  });
  const { target } = plan({
    target: { url: "https://h/v1", model: "m", http: 2, connections: { per: "session", streams: 10, warm: 3 } },
  });
  expect(target).toMatchObject({ http: "2", connections: { per: "session", streams: 10, warm: 3, keepAlive: true } });
  const contradictions: readonly (readonly [object, string])[] = [
    [{ ...socket, connections: { per: "pool" } }, "target.connections.per"],
    [{ ...socket, http: "2" }, "target.http"],
    [{ url: "ws://h/v1", protocol: "openai-chat", model: "m" }, "target.url"],
    [{ url: "http://h/v1", model: "m", websocket: {} }, "target.websocket"],
    [{ url: "http://h/v1", model: "m", connections: { per: "request", warm: 2 } }, "target.connections.warm"],
    [{ url: "http://h/v1", model: "m", http: 1.1, connections: { streams: 2 } }, "target.connections.streams"],
  ];
  for (const [written, path] of contradictions)
    expect(faults({ target: written })).toMatchObject([{ code: "PLAN_CONFLICT", path }]);
});
