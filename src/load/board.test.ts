import { expect, test } from "vitest";
import { Board } from "./board.ts";

test("the conductor reads what each worker wrote, over one shared memory", () => {
  const conductor = new Board(3);
  const worker = new Board(3, conductor.buffer);
  worker.add(0, "attemptsStarted", 2);
  worker.add(2, "attemptsStarted", 3);
  worker.set(1, "loopDelayP99", 4.5);
  expect(conductor.total("attemptsStarted")).toBe(5);
  expect(conductor.get(1, "attemptsStarted")).toBe(0);
  expect(conductor.worst("loopDelayP99")).toBe(4.5);
});

test("a budget of requests is handed out to the last one and no further", () => {
  const board = new Board(2);
  const other = new Board(2, board.buffer);
  const claims = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? board : other).claimRequest(7));
  expect(claims.filter(Boolean)).toHaveLength(7);
  expect(board.budgetHit).toBe(true);
});
