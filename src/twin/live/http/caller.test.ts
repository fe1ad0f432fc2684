import { expect, test } from "vitest";
import { callerOf } from "./caller.ts";

test("a request's headers say who asks, where from, and how urgently", () => {
  expect(
    callerOf({
      "x-request-id": "r-1",
      "x-session-id": "session one",
      "x-region": "eu-west",
      "x-priority": "-3",
      authorization: "Bearer secret",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }),
  ).toEqual({
    requestId: "r-1",
    session: "session one",
    region: "eu-west",
    priority: -3,
    key: "secret",
    trace: { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", sampled: true },
  });
  expect(callerOf({ "x-api-key": "k" }).key).toBe("k");
});

test.each([
  ["an id of zeros", "00-00000000000000000000000000000000-b7ad6b7169203331-01"],
  ["a parent of zeros", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"],
  ["version ff", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
  ["upper case", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"],
  ["something else", "hello"],
])("a traceparent with %s is none", (_, traceparent) => {
  expect(callerOf({ traceparent }).trace).toBeUndefined();
});

test("what is not harmless to echo or to use is dropped", () => {
  expect(callerOf({ "x-request-id": "a b", "x-region": "a/b", "x-priority": "soon" })).toMatchObject({
    requestId: undefined,
    region: undefined,
    priority: undefined,
  });
});
