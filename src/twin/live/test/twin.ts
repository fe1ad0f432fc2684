import { parseStack } from "../../stack/index.ts";
import { type LiveTwin, type ServeOptions, serveTwin } from "../server.ts";

/** A small vLLM with steps of `ms`, two names, and short answers. */
export function quickPool(ms = 0.5, more = ""): string {
  const costs = `costs: { c0: ${ms}, c1: 0, c2: 0, ch: 0, d1: 0, d2: 0, p1: 0, p2: 0 }, noise: { sigma: 0, stallProbability: 0 }`;
  return `parts: { llm: { kind: pool, preset: tiny, models: [ quick, swift ], engine: { ${costs}, blocks: 2000 }, answers: { median: 20, p95: 40, max: 4000 }${more} } }`;
}

const open: LiveTwin[] = [];

/** A twin of this stack on a free port of this machine; `stopTwins` ends it. */
export async function twinOf(yaml: string, more: Partial<ServeOptions> = {}): Promise<LiveTwin> {
  const twin = await serveTwin({ spec: parseStack(yaml), host: "127.0.0.1", port: 0, tell: () => undefined, ...more });
  open.push(twin);
  return twin;
}

export async function stopTwins(): Promise<void> {
  await Promise.all(open.splice(0).map((twin) => twin.close()));
}

export function post(url: string, body: unknown, more: RequestInit = {}): Promise<Response> {
  return fetch(url, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), ...more });
}

/** Looks again, with every turn of the event loop a request, until it holds; the test's own timeout bounds it. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}
