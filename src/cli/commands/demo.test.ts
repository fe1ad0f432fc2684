import { expect, it } from "vitest";
import { readPlan } from "../../plan/index.ts";
import { DEMO_PLAN, FAST } from "./demo.ts";

it("the demo lasts a minute, and its fast form a quarter of one with the same stages", async () => {
  const vars = ["DEMO_URL=http://127.0.0.1:1"];
  const length = async (set: readonly string[]) => {
    const { plan } = await readPlan(DEMO_PLAN, { env: {}, vars, set });
    return {
      kinds: plan.stages.map((stage) => stage.kind),
      ms: plan.stages.reduce((sum, stage) => sum + stage.duration, 0),
    };
  };
  const [whole, fast] = [await length([]), await length(FAST)];
  expect(whole.ms).toBe(60_000);
  expect(fast).toEqual({ kinds: whole.kinds, ms: 15_000 });
});
