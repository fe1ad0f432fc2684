import { describe, expect, it } from "vitest";
import { fitInBackground } from "./background.ts";
import type { FitProgress } from "./fit.ts";
import { chat, observationsOf, serve, specOf, TRUTH } from "./test/synthetic.ts";

const observations = observationsOf([serve(specOf(TRUTH), "run", chat(1, 40, 2), 1)], true);
const options = { seed: 1, holdout: 0, budgetMs: 60_000 };

describe("a fit on a thread of its own", () => {
  it("tells how it goes, and ends with the code of what was interrupted as soon as it is stopped", async () => {
    const stop = new AbortController();
    const told: FitProgress[] = [];
    const fit = fitInBackground(
      observations,
      { blocks: 2588 },
      {
        ...options,
        stop: stop.signal,
        onProgress: (progress) => {
          told.push(progress);
          stop.abort();
        },
      },
    );
    await expect(fit).rejects.toMatchObject({ exitCode: 105, code: "FIT_INTERRUPTED" });
    expect(told[0]).toMatchObject({ stage: "search" });
    expect(told[0]?.simulations).toBeGreaterThan(0);
  });

  it("throws what the fit throws, and gives what it gives", async () => {
    await expect(fitInBackground(observations, {}, { ...options, preset: "nope" })).rejects.toMatchObject({
      exitCode: 104,
      faults: [expect.objectContaining({ code: "FIT_PRESET" })],
    });
    const result = await fitInBackground(observations, { blocks: 2588 }, { ...options, budgetMs: 1 });
    expect(result.fitted.requests).toBe(40);
    expect(result.cut).toBe(true);
  });
});
