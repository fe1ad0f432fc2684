import fc from "fast-check";
import { expect, test } from "vitest";
import { Machine } from "../../../test/helpers/machine.ts";
import { RealKernel } from "./real-kernel.ts";
import { VirtualKernel } from "./virtual-kernel.ts";

test("virtual time runs events in the order of their times, equal ones in the order of their asking, and never back", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 })), (times) => {
      const kernel = new VirtualKernel();
      const ran: number[] = [];
      for (const [i, at] of times.entries()) {
        kernel.at(at, () => {
          expect(kernel.now).toBe(at);
          ran.push(i);
        });
      }
      expect(kernel.run()).toBe(times.length);
      const expected = times.map((at, i) => ({ at, i })).sort((a, b) => a.at - b.at || a.i - b.i);
      expect(ran).toEqual(expected.map(({ i }) => i));
    }),
  );
});

test("a cancelled event never runs, however many are cancelled and whenever", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ at: fc.nat(1000), cancelled: fc.boolean() }), { maxLength: 5000 }), (plan) => {
      const kernel = new VirtualKernel();
      const ran: number[] = [];
      const timers = plan.map(({ at }, i) => kernel.at(at, () => ran.push(i)));
      for (const [i, { cancelled }] of plan.entries()) if (cancelled) timers[i]?.cancel();
      expect(kernel.pending).toBe(plan.filter(({ cancelled }) => !cancelled).length);
      kernel.run();
      const expected = plan.map(({ at }, i) => ({ at, i })).filter(({ i }) => !plan[i]?.cancelled);
      expect(ran).toEqual(expected.sort((a, b) => a.at - b.at || a.i - b.i).map(({ i }) => i));
    }),
    { numRuns: 30 },
  );
});

test("cancelling what has run, twice, or from inside itself changes nothing", () => {
  const kernel = new VirtualKernel();
  const ran: string[] = [];
  const first = kernel.at(1, () => {
    ran.push("first");
    first.cancel();
  });
  kernel.at(2, () => ran.push("second"));
  kernel.run(1);
  first.cancel();
  first.cancel();
  kernel.run();
  expect(ran).toEqual(["first", "second"]);
  expect(kernel.pending).toBe(0);
});

test("an event in the past runs now", () => {
  const kernel = new VirtualKernel();
  let at = Number.NaN;
  kernel.at(10, () =>
    kernel.at(3, () => {
      at = kernel.now;
    }),
  );
  kernel.run();
  expect(at).toBe(10);
});

test("a run to a time ends there, and can go on and be stopped", () => {
  const kernel = new VirtualKernel();
  const ran: number[] = [];
  for (const at of [1, 2, 3]) kernel.at(at, () => ran.push(at));
  expect(kernel.run(2.5)).toBe(2);
  expect(kernel.now).toBe(2.5);
  kernel.at(2.7, () => kernel.stop());
  kernel.run();
  expect(kernel.now).toBe(2.7);
  expect(kernel.nextAt).toBe(3);
  kernel.run();
  expect(ran).toEqual([1, 2, 3]);
});

test("what only watches does not keep virtual time going", () => {
  const kernel = new VirtualKernel();
  let looks = 0;
  const look = (): void => {
    looks++;
    kernel.at(kernel.now + 10, look, "background");
  };
  kernel.at(10, look, "background");
  kernel.at(35, () => undefined);
  kernel.run();
  expect(looks).toBe(3);
  kernel.run(100);
  expect(looks).toBe(10);
});

test("real time tells late events their own time, in order, and measures the lateness instead", () => {
  const machine = new Machine();
  const kernel = new RealKernel(machine.clock, machine);
  const seen: number[] = [];
  kernel.at(10, () => {
    seen.push(kernel.now);
    machine.spend(50);
  });
  kernel.at(20, () => {
    seen.push(kernel.now);
    kernel.at(25, () => seen.push(kernel.now));
  });
  kernel.at(30, () => seen.push(kernel.now));
  machine.run(100);
  expect(seen).toEqual([10, 20, 25, 30]);
  expect(kernel.lateness.n).toBe(4);
  expect(kernel.lateness.min).toBe(0);
  expect(kernel.lateness.max).toBeCloseTo(40, 9);
  expect(kernel.takeWorst()).toBeCloseTo(40, 9);
  expect(kernel.takeWorst()).toBe(0);
});

test("what comes from outside is stamped with the clock, and runs after what was due before it", () => {
  const machine = new Machine();
  const kernel = new RealKernel(machine.clock, machine);
  const seen: string[] = [];
  kernel.at(10, () => seen.push(`due ${kernel.now}`));
  machine.spend(12.5);
  kernel.post(() => {
    seen.push(`came ${kernel.now}`);
    kernel.at(13, () => seen.push(`follows ${kernel.now}`));
  });
  machine.run(20);
  expect(seen).toEqual(["due 10", "came 12.5", "follows 13"]);
});

test("what took time to be read is stamped with when it came, never with a time that has passed for the stack", () => {
  const machine = new Machine();
  const kernel = new RealKernel(machine.clock, machine);
  const seen: string[] = [];
  kernel.at(10, () => seen.push(`due ${kernel.now}`));
  machine.spend(9);
  const came = machine.clock.now();
  machine.spend(3);
  kernel.post(() => seen.push(`came ${kernel.now}`), came);
  kernel.post(() => seen.push(`came ${kernel.now}`), came);
  expect(seen).toEqual(["came 9", "due 10", "came 10"]);
});

test("a backlog never keeps the sockets waiting for more than a batch", () => {
  const machine = new Machine();
  const kernel = new RealKernel(machine.clock, machine);
  const seen: number[] = [];
  for (let i = 0; i < 1000; i++) kernel.at(1 + i / 1000, () => seen.push(i));
  machine.spend(100);
  machine.run(101);
  expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(machine.turns).toBeGreaterThanOrEqual(Math.floor(1000 / 64));
});

test("what comes during a backlog waits for its turn", () => {
  const machine = new Machine();
  const kernel = new RealKernel(machine.clock, machine);
  const seen: string[] = [];
  for (let i = 0; i < 200; i++) kernel.at(1, () => seen.push("due"));
  machine.spend(50);
  kernel.post(() => seen.push("first"));
  kernel.post(() => seen.push("second"));
  machine.run(60);
  expect(seen).toEqual([...Array<string>(200).fill("due"), "first", "second"]);
});

test("an earlier event moves the timer, a cancelled one lets it go, and a closed kernel runs nothing", () => {
  const machine = new Machine();
  const kernel = new RealKernel(machine.clock, machine);
  const seen: number[] = [];
  kernel.at(100, () => seen.push(100));
  kernel.at(50, () => seen.push(50)).cancel();
  kernel.at(60, () => seen.push(60));
  expect(machine.armed).toBe(1);
  machine.run(70);
  expect(seen).toEqual([60]);
  const forgotten = kernel.at(90, () => seen.push(90));
  kernel.close();
  forgotten.cancel();
  expect([machine.armed, kernel.pending]).toEqual([0, 0]);
  machine.run(200);
  expect(seen).toEqual([60]);
});

test("real and virtual time run the same events at the same times, however slow the machine", () => {
  const script = (kernel: { readonly now: number; at(time: number, run: () => void): unknown }, spend: () => void) => {
    const seen: number[] = [];
    const chain = (step: number) => () => {
      seen.push(kernel.now);
      spend();
      if (seen.length < 200) kernel.at(kernel.now + step, chain(step));
    };
    for (const step of [3, 5, 7]) kernel.at(step, chain(step));
    return seen;
  };
  const machine = new Machine();
  const real = script(new RealKernel(machine.clock, machine), () => machine.spend(2));
  machine.run(10_000);
  const kernel = new VirtualKernel();
  const virtual = script(kernel, () => undefined);
  kernel.run();
  expect(real).toEqual(virtual);
});
