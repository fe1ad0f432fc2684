import { expect, test } from "vitest";
import { newExchange } from "../protocols/index.ts";
import { Board } from "./board.ts";
import { Headroom } from "./headroom.ts";

test("what a rate limit leaves is the least that answers of the last two seconds told, over all workers, and nothing before any told", () => {
  const board = new Board(2);
  const workers = [new Headroom(board, 0), new Headroom(board, 1)];
  const note = (worker: number, at: number, requests: number, tokens = Number.NaN): void => {
    workers[worker]?.note(
      Object.assign(newExchange(), { headersAt: at, remainingRequests: requests, remainingTokens: tokens }),
    );
  };
  expect(board.least("limitRequests")).toBeUndefined();
  note(0, 100, 40);
  note(0, 900, 12);
  note(1, 950, 30, 0);
  expect(board.least("limitRequests")).toBe(12);
  expect(board.least("limitTokens")).toBe(0);
  note(0, 1500, 50);
  expect(board.least("limitRequests")).toBe(12);
  note(0, 2500, 60);
  expect(board.least("limitRequests")).toBe(30);
  note(1, 9000, 55);
  expect(board.least("limitRequests")).toBe(50);
});
