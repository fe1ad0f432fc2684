import type { Facts } from "../facts/types.ts";
import type { Cost, Finding, Lack, LoadLine, Verdict } from "./schema.ts";

/** What a rule concludes: findings, what it lacked, or neither. */
export interface RuleResult {
  readonly findings: readonly Finding[];
  readonly lacks: readonly Lack[];
  /** Of the one rule that weighs what gives way first. */
  readonly bottleneck?: NonNullable<Verdict["bottleneck"]>;
  /** Of the one rule that counts money. */
  readonly cost?: Cost;
}

/** One conclusion that analysis can draw; pure but for the folder's tables behind `facts.query`. One file each, named in one table. */
export interface Rule {
  /** Stable: the `kind` of its findings begins with it. */
  readonly id: string;
  look(facts: Facts, line: LoadLine | undefined): Promise<RuleResult> | RuleResult;
}
