import { expect, test } from "vitest";
import { FakeTime } from "../../../test/helpers/fake-time.ts";
import type { Warning } from "../../base/index.ts";
import { MOST_WAITING, Sender, type Sent } from "./sender.ts";
import type { Snapshot } from "./types.ts";

/** A place that answers what the test says, when it says it. */
class Place {
  readonly time = new FakeTime();
  readonly warnings: Warning[] = [];
  readonly taken: string[] = [];
  answer: (snapshot: Snapshot, signal: AbortSignal) => Promise<Sent> | Sent = () => ({ state: "taken" });
  readonly sender = new Sender({
    where: "http://receiver/",
    send: async (snapshot, ended, signal) => {
      const sent = await this.answer(snapshot, signal);
      if (sent.state === "taken") this.taken.push(`${snapshot.at}${ended ? " ended" : ""}`);
      return sent;
    },
    onWarning: (warning) => this.warnings.push(warning),
    timers: this.time.timers,
  });

  add(...seconds: number[]): void {
    for (const second of seconds) this.sender.add({ at: second, metrics: [], gone: [] });
  }

  /** Lets what has been answered have its effects. */
  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  }
}

const codes = (place: Place): string[] => place.warnings.map(({ code }) => code);

test("snapshots arrive in their order, and the end of the series after them", async () => {
  const place = new Place();
  place.add(1, 2, 3);
  await place.sender.close(4);
  expect(place.taken).toEqual(["1", "2", "3", "4 ended"]);
  expect(place.warnings).toEqual([]);
});

test("a place out of reach is told once, asked again a second later, and gets all that waited", async () => {
  const place = new Place();
  place.answer = () => ({ state: "later", why: "it does not answer (ECONNREFUSED)" });
  place.add(1, 2);
  await place.settle();
  place.time.advance(1000);
  await place.settle();
  place.time.advance(2000);
  await place.settle();
  expect(codes(place)).toEqual(["EXPORT_FAILED"]);
  expect(place.warnings[0]?.message).toContain("http://receiver/ does not take the run's figures: it does not answer");
  place.answer = () => ({ state: "taken" });
  place.time.advance(3000);
  await place.settle();
  expect(place.taken).toEqual(["1", "2"]);
  await place.sender.close(3);
  expect(codes(place)).toEqual(["EXPORT_FAILED"]);
});

test("what a place refuses is not sent again, and is told as lost at the end", async () => {
  const place = new Place();
  place.answer = ({ at }) => (at === 2 ? { state: "refused", why: "it answers 400" } : { state: "taken" });
  place.add(1, 2, 3);
  await place.sender.close(4);
  expect(place.taken).toEqual(["1", "3", "4 ended"]);
  expect(codes(place)).toEqual(["EXPORT_FAILED", "EXPORT_LOST"]);
  expect(place.warnings[1]?.message).toMatch(/^1 second of the run's figures did not reach/);
});

test("no more than a minute waits: the oldest are let go", async () => {
  const place = new Place();
  place.answer = () => ({ state: "later", why: "it answers 503" });
  const seconds = Array.from({ length: MOST_WAITING + 40 }, (_, i) => i);
  place.add(...seconds);
  await place.settle();
  place.answer = () => ({ state: "taken" });
  place.time.advance(1000);
  for (let i = 0; i < MOST_WAITING; i++) await place.settle();
  expect(place.taken).toEqual(seconds.slice(-MOST_WAITING).map(String));
});

test("a place that was out of reach before the run's end does not hold it", async () => {
  const place = new Place();
  place.answer = () => ({ state: "later", why: "it does not answer (ECONNREFUSED)" });
  place.add(1, 2);
  await place.settle();
  await place.sender.close(3); // no time passes
  expect(codes(place)).toEqual(["EXPORT_FAILED", "EXPORT_LOST"]);
});

test("a place that never answers holds a run's end for three seconds, no longer", async () => {
  const place = new Place();
  let isAborted = false;
  place.answer = (_, signal) =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        isAborted = true;
        resolve({ state: "later", why: "cut" });
      });
    });
  place.add(1, 2);
  let isClosed = false;
  const closing = place.sender.close(3).then(() => {
    isClosed = true;
  });
  place.time.advance(2999);
  await place.settle();
  expect(isClosed).toBe(false);
  place.time.advance(3000);
  await closing;
  expect(isAborted).toBe(true);
  expect(codes(place)).toEqual(["EXPORT_LOST"]);
});
