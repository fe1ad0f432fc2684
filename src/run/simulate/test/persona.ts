import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PlanInput, resolvePlan } from "../../../plan/index.ts";
import { openRun, type QueryValue } from "../../../record/index.ts";
import { resolveStack } from "../../../twin/index.ts";
import { loadWorkload, type TurnScript } from "../../../workload/index.ts";
import { simulate } from "../door.ts";

const runs = mkdtempSync(join(tmpdir(), "plimsoll-behaviour-test-"));
export const removeRuns = (): void => rmSync(runs, { recursive: true, force: true });

/** One slot for many users: whoever asks waits for those before. */
export const SLOW = { name: "slow", seed: 3, parts: { llm: { kind: "pool", preset: "tiny", engine: { maxSeqs: 2 } } } };
export const QUICK = { name: "quick", seed: 3, parts: { llm: { kind: "pool", preset: "tiny" } } };

type PersonaInput = NonNullable<NonNullable<PlanInput["workload"]>["personas"]>[number];

/** A minute of one kind of user, in virtual time. */
export async function play(
  persona: Omit<PersonaInput, "name">,
  {
    stack = QUICK,
    rate = "2/s",
    seed = 1,
    stages = [{ steady: "40s", at: rate }],
    workload: whose = {},
  }: {
    stack?: Readonly<Record<string, unknown>>;
    rate?: string;
    seed?: number;
    stages?: NonNullable<PlanInput["stages"]>;
    workload?: Omit<NonNullable<PlanInput["workload"]>, "personas">;
  } = {},
) {
  const { plan } = resolvePlan({
    name: "behaviour",
    seed,
    target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat", timeouts: { firstToken: "1h", total: "1h" } },
    workload: { personas: [{ name: "user", prompts: "faq", ...persona }], ...whose },
    stages,
    guards: { allFailedFor: 0 },
    runs,
  });
  const { summary } = await simulate(plan, resolveStack(stack), {});
  const workload = loadWorkload(plan);
  const turnOf = (session: QueryValue | undefined, turn: QueryValue | undefined): TurnScript => {
    const script = workload.session(Number(session)).turns[Number(turn)];
    if (script === undefined) throw new Error("no such turn");
    return script;
  };
  const query = async (sql: string): Promise<readonly (readonly QueryValue[])[]> => {
    const run = await openRun(summary.run.folder);
    try {
      return (await run.query(sql)).rows;
    } finally {
      run.close();
    }
  };
  return { plan, summary, workload, turnOf, query };
}
