import type { Facts } from "../facts/types.ts";
import type { Rule, RuleResult } from "./rule.ts";
import { type Finding, findingSchema, type LoadLine } from "./schema.ts";
import { RULES } from "./table.ts";

const GRAVITY: readonly Finding["severity"][] = ["high", "medium", "low", "info"];

/** What all rules find, the gravest first, then the surest, then in the rules' order. */
export async function applyRules(
  facts: Facts,
  line: LoadLine | undefined,
  rules: readonly Rule[] = RULES,
): Promise<RuleResult> {
  const results: RuleResult[] = [];
  for (const rule of rules) results.push(await looked(rule, facts, line));
  const findings = results.flatMap((result) => result.findings);
  const bottleneck = results.find((result) => result.bottleneck !== undefined)?.bottleneck;
  const cost = results.find((result) => result.cost !== undefined)?.cost;
  return {
    findings: findings.toSorted(graver),
    lacks: results.flatMap((result) => result.lacks),
    ...(bottleneck === undefined ? {} : { bottleneck }),
    ...(cost === undefined ? {} : { cost }),
  };
}

/** A rule that fails takes no other rule with it: that it failed is told among what is lacking. */
async function looked(rule: Rule, facts: Facts, line: LoadLine | undefined): Promise<RuleResult> {
  try {
    const result = await rule.look(facts, line);
    return { ...result, findings: result.findings.map((finding) => findingSchema.parse(finding)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const hint =
      "Report this with the run folder: the rule itself failed, and nothing can be said of what it looks for.";
    return { findings: [], lacks: [{ rule: rule.id, needs: `nothing: it failed (${message})`, hint }] };
  }
}

function graver(a: Finding, b: Finding): number {
  return GRAVITY.indexOf(a.severity) - GRAVITY.indexOf(b.severity) || b.confidence - a.confidence;
}
