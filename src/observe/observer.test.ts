import { afterEach, expect, test } from "vitest";
import { type RawServer, rawServer } from "../../test/helpers/raw-server.ts";
import { monotonicMs } from "../base/index.ts";
import { resolvePlan } from "../plan/index.ts";
import { startObserver } from "./observer.ts";
import { observerSettings } from "./observer-settings.ts";
import { answer } from "./test/answers.ts";
import type { Observer, ObserverEvents } from "./types.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

type Point = Parameters<ObserverEvents["points"]>[0][number];

interface Started {
  readonly server: RawServer;
  readonly observer: Observer;
  readonly points: Point[];
  readonly events: string[];
  /** Resolves at the scrape of this number, from 0. */
  scraped(number: number): Promise<void>;
}

/** An observer of a page whose counter tells how often it was asked. */
async function started(observe: Readonly<Record<string, unknown>>): Promise<Started> {
  const waiting = new Map<number, () => void>();
  const server = await rawServer((_, number) => {
    setImmediate(() => waiting.get(number)?.());
    return answer(`vllm:num_requests_running 1\nvllm:num_preemptions_total ${number}\n`);
  });
  const { plan } = resolvePlan({ target: { url: `${server.url}/v1`, model: "m" }, observe }, { env: {} });
  const points: Point[] = [];
  const events: string[] = [];
  const observer = await startObserver(plan, {
    points: (more) => void points.push(...more),
    event: ({ name }) => void events.push(name),
  });
  ends.push(() => observer.stop(), server.close);
  const scraped = (number: number) => new Promise<void>((resolve) => waiting.set(number, resolve));
  return { server, observer, points, events, scraped };
}

test("a baseline lies before the run's zero, the beat follows it, and the last scrape comes with the stop", async () => {
  const { server, observer, points, events, scraped } = await started({ every: "50ms" });
  // One request to discover the page, one for the baseline.
  expect(server.requests).toHaveLength(2);
  expect(points).toEqual([]);
  const third = scraped(4);
  observer.go(monotonicMs());
  await third;
  await observer.stop();
  const told = points.filter(({ name }) => name === "server.preempted");
  const asked = server.requests.length;
  expect(told.map(({ value }) => value)).toEqual(Array.from({ length: asked - 1 }, (_, i) => i + 1));
  expect(told[0]?.at).toBeLessThan(0);
  expect(told.slice(1).every(({ at }) => at > 0)).toBe(true);
  expect(told.map(({ at }) => at)).toEqual(told.map(({ at }) => at).sort((a, b) => a - b));
  expect(events).toEqual(["found", "recognised"]);
});

test("a plan that observes nothing asks nobody", async () => {
  const { server, observer } = await started({ discover: false });
  observer.go(monotonicMs());
  await observer.stop();
  expect(server.requests).toEqual([]);
});

test("a page of the target that the plan names is not looked for again", () => {
  const settings = (page: string) => {
    const target = { url: "http://127.0.0.1:8000/v1", model: "m" };
    const { plan } = resolvePlan({ target, observe: { prometheus: [page] } }, { env: {} });
    return observerSettings(plan)?.discover?.target;
  };
  expect(settings("http://127.0.0.1:8000/metrics")).toBeUndefined();
  expect(settings("http://127.0.0.1:9187/metrics")).toBe("http://127.0.0.1:8000/v1/chat/completions");
});
