import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Summary, type Verdict, withSimulatedGains } from "../../analyse/index.ts";
import type { Plan } from "../../plan/index.ts";
import type { StackSpec } from "../../twin/index.ts";
import { changedStack } from "./change-stack.ts";
import { simulate } from "./door.ts";

/**
 * The verdict with what each advice would gain, by playing the same plan against the stack with the advice followed. `now`: the summary of the stack as it stands,
 * where it was simulated already. The trials' folders do not stay. Throws as {@link simulate} does.
 */
export async function simulatedGains(verdict: Verdict, plan: Plan, stack: StackSpec, now?: Summary): Promise<Verdict> {
  const scratch = await mkdtemp(join(tmpdir(), "plimsoll-advice-"));
  const quiet: Plan = { ...plan, runs: scratch };
  const play = async (spec: StackSpec): Promise<Summary> => (await simulate(quiet, spec)).summary;
  try {
    if (verdict.bottleneck?.first === undefined) return verdict;
    const as = now ?? (await play(stack));
    return await withSimulatedGains(verdict, as, async (change, component) => {
      const changed = changedStack(stack, change, component);
      return changed === undefined ? undefined : play(changed);
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
