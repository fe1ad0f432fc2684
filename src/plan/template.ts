import type { PlanInput } from "./schema/plan.ts";
import type { ProtocolName } from "./types.ts";
import { writeYaml } from "./yaml.ts";

const SCHEMA_LINE = "# yaml-language-server: $schema=node_modules/plimsoll/schemas/plan.schema.json\n";

const TARGETS: Readonly<Record<ProtocolName, string>> = {
  "openai-chat": `target:
  url: http://127.0.0.1:8000/v1        # with or without /v1, or the full path
  protocol: openai-chat
  model: my-model                      # a name that GET /v1/models lists
  # headers: { authorization: "Bearer \${API_KEY}" }
  # parameters: { temperature: 0 }     # more fields of the body
`,
  "http-sse": `target:
  url: http://127.0.0.1:8400/chat
  protocol: http-sse
  request: { session: "{{session.id}}", message: "{{turn.prompt}}" }
  events: { token: "$.delta", done: "$.finish_reason", usage: "$.usage" }
  # headers: { authorization: "Bearer \${API_KEY}" }
`,
  "http-json": `target:
  url: http://127.0.0.1:8400/ask
  protocol: http-json
  request: { session: "{{session.id}}", message: "{{turn.prompt}}" }
  events: { token: "$.answer", usage: "$.usage" }
  # headers: { authorization: "Bearer \${API_KEY}" }
`,
};

const LIMITS: Readonly<Record<ProtocolName, string>> = {
  "openai-chat": `  - ttft.p95 < 1s                      # first token
  - itl.p99 < 200ms                    # gaps between tokens
`,
  "http-sse": `  - ttft.p95 < 1s                      # first token
  - stall.p95 < 2s                     # longest silence inside an answer
`,
  "http-json": `  - response.p95 < 5s                  # from the intended send time
`,
};

/** A commented plan to start from, in YAML. */
export function planTemplate(protocol: ProtocolName): string {
  return `${SCHEMA_LINE}name: first test

${TARGETS[protocol]}
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
${LIMITS[protocol]}  - errors.rate < 1%

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
