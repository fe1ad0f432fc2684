import { expect, test } from "vitest";
import { calibrate, stampErrors } from "./calibrate.ts";
import { calibrationServer } from "./calibration-server.ts";

test("every event of a calibration stream has its own error, also when a late read brought several", () => {
  const each = { text: "100 110 120 ", firstTokenAt: 100.5, gapLog: [10, 11] };
  expect(stampErrors(each)).toEqual([0.5, 0.5, 1.5]);
  const late = { text: "100 110 120 ", firstTokenAt: 112, gapLog: [9] };
  expect(stampErrors(late)).toEqual([12, 2, 1]);
  expect(stampErrors({ text: "", firstTokenAt: Number.NaN, gapLog: [] })).toEqual([]);
});

test("calibration reads whole streams from the conductor's server and finds stamps after their writes", async () => {
  const server = await calibrationServer();
  try {
    const found = await calibrate(server.url, {
      url: "http://127.0.0.1:1",
      protocol: "http-json",
      method: "POST",
      events: { token: "$.answer" },
      headers: { authorization: "never sent here" },
      timeouts: { connect: 1, firstToken: 1, idle: 1, total: 1 },
      tls: { verify: true },
      connections: { max: 1, keepAlive: true },
      repeatable: false,
      retries: { count: 0, on: [], backoff: 0, maxBackoff: 0, honourRetryAfter: false },
      maxAnswerBytes: 1000,
    });
    expect(found?.events).toBe(240);
    expect(found?.p50).toBeGreaterThan(0);
    expect(found?.p99).toBeGreaterThanOrEqual(found?.p50 ?? Number.NaN);
  } finally {
    server.close();
  }
});
