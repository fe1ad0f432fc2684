import { isMapping } from "../../plan/index.ts";
import { ALWAYS, each, listed, specAt } from "./fields.ts";
import type { Changes, PlantedPart, StackView, Weakness } from "./types.ts";

const stations = (stack: StackView, stage: string): readonly PlantedPart[] =>
  stack.parts("station").filter((station) => specAt(station, "stage") === stage);

const slower = (part: PlantedPart, factor: number): Readonly<Record<string, unknown>> => ({
  slow: [...listed(part, "slow"), { ...ALWAYS, factor }],
});

/** As many flushes as a cache may have. */
const MINUTES = 1000;

function slowTools(stack: StackView): Changes | undefined {
  const names = new Set(stations(stack, "tool").map(({ name }) => name));
  const called = new Set<string>();
  const timed = (step: unknown): unknown => {
    if (!isMapping(step)) return step;
    if (Array.isArray(step.parallel)) return { ...step, parallel: step.parallel.map(timed) };
    if (typeof step.call !== "string" || !names.has(step.call)) return step;
    called.add(step.call);
    return { ...step, timeout: "1s", onFailure: "fail" };
  };
  const apps = each(stack.parts("app"), (app) => ({ steps: listed(app, "steps").map(timed) }));
  const tools = each(
    stations(stack, "tool").filter(({ name }) => called.has(name)),
    (tool) => slower(tool, 10),
  );
  return tools === undefined ? undefined : { ...apps, ...tools };
}

export const MIDDLE_WEAKNESSES: readonly Weakness[] = [
  {
    name: "slow-retrieval",
    title: "Looking things up takes longer than writing the answer.",
    givesWay: "the search before the model",
    shows: "the time before the first token is spent in the stage retrieve, and grows with the load",
    needs: "a vector-db, or a station of stage retrieve",
    plant: (stack) =>
      each([...stack.parts("vector-db"), ...stations(stack, "retrieve")], (part) => ({
        ...slower(part, 8),
        ...(part.raw.cache === undefined ? {} : { cache: undefined }),
      })),
  },
  {
    name: "embedder-bottleneck",
    title: "Every question waits for one small service that turns text into numbers.",
    givesWay: "the embedding service: it takes one text at a time",
    shows: "a queue at the embedder; the time before the first token is spent in the stage embed",
    needs: "an embedder",
    plant: (stack) =>
      each(stack.parts("embedder"), (part) => ({
        servers: 1,
        batch: 1,
        wait: "0s",
        ...slower(part, 10),
      })),
  },
  {
    name: "tool-timeouts",
    title: "A tool that the assistant depends on answers too late, and the whole answer fails with it.",
    givesWay: "the calls of tools: they are given up",
    shows: "failures of exactly the requests that use the tool, each after the tool's timeout",
    needs: "an app with a step that calls a station of stage tool",
    plant: slowTools,
  },
  {
    name: "cache-stampede",
    title: "Each time the cache of answers is emptied, everyone who asked the same thing asks the model at once.",
    givesWay: "the model behind the cache, right after each flush",
    shows: "bursts of equal requests behind the cache, once a minute; misses beyond the number of distinct prompts",
    needs: "a response-cache",
    plant: (stack) =>
      each(stack.parts("response-cache"), () => ({
        singleFlight: false,
        flushes: Array.from({ length: MINUTES }, (_, minute) => `${minute + 1}m`),
      })),
  },
];
