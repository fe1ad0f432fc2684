import { isStreamed, PROTOCOL_TABLE, type ProtocolName } from "../base/index.ts";
import type { PlanInput } from "./schema/plan.ts";
import { TARGET_TEMPLATES } from "./template-targets.ts";
import { writeYaml } from "./yaml.ts";

export const SCHEMA_LINE = "# yaml-language-server: $schema=node_modules/plimsoll/schemas/plan.schema.json\n";

const FIRST = "  - ttft.p95 < 1s                      # first token\n";
const STREAMED = `${FIRST}  - stall.p95 < 2s                     # longest silence inside an answer\n`;
const WHOLE = "  - response.p95 < 5s                  # from the intended send time\n";
/** Where the gaps are those between tokens. */
const TOKENS = `${FIRST}  - itl.p99 < 200ms                    # gaps between tokens\n`;

function limitsFor(protocol: ProtocolName): string {
  if (!isStreamed(protocol)) return WHOLE;
  return PROTOCOL_TABLE[protocol].body === "own" ? TOKENS : STREAMED;
}

/** A commented plan to start from, in YAML. */
export function planTemplate(protocol: ProtocolName): string {
  return `${SCHEMA_LINE}name: first test

${TARGET_TEMPLATES[protocol]}
expect:
  peak: 2 sessions/s                   # what launch day should bring; 1x below

workload:
  personas:
    - { name: quick-question, weight: 3, prompts: faq, turns: 1 }
    - { name: researcher, weight: 1, prompts: mixed, turns: { mean: 3 }, think: { median: 8s } }
    # - { name: ours, prompts: ./prompts.jsonl, patience: { median: 10s } }

stages:
  - rest: 10s                          # one user, so nothing competes
  - { ramp: 20s, to: 1x }
  - { steady: 1m, at: 1x }

slo:
${limitsFor(protocol)}  - errors.rate < 1%

# Beside the target's own metrics page, which is found without this:
# observe: { prometheus: [ "http://127.0.0.1:9187/metrics" ], processes: [ { port: 8400, name: app } ] }

# prices: { input: $0.15/M, output: $0.60/M }
budget:
  requests: 5000
  duration: 5m
`;
}

/** A plan as YAML that `readPlan` reads back. */
export function planToYaml(input: PlanInput): string {
  return `${SCHEMA_LINE}${writeYaml(input)}`;
}
