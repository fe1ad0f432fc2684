import type { SpanNote, StageName } from "../../stack/types.ts";
import { type AttributeValue, SPAN_KIND } from "./otlp.ts";

/** How a stage of the stack shows as a span: OpenTelemetry's GenAI conventions where they have a name for it. */
export interface StageSpan {
  readonly kind: number;
  name(note: SpanNote): string;
  attributes(note: SpanNote): Readonly<Record<string, AttributeValue>>;
}

function own(word: string, attributes: StageSpan["attributes"] = () => ({})): StageSpan {
  return { kind: SPAN_KIND.internal, name: ({ part }) => `${word} ${part}`, attributes };
}

function engineStage(stage: StageName): StageSpan {
  return { kind: SPAN_KIND.internal, name: () => stage, attributes: () => ({}) };
}

export const STAGE_SPANS: Readonly<Record<StageName, StageSpan>> = {
  auth: own("auth"),
  cache: own("cache"),
  guard: own("guardrail", () => ({ "openinference.span.kind": "GUARDRAIL" })),
  rerank: own("rerank", () => ({ "openinference.span.kind": "RERANKER" })),
  route: own("route"),
  network: own("network"),
  app: own("invoke_workflow", ({ part }) => ({
    "gen_ai.operation.name": "invoke_workflow",
    "gen_ai.workflow.name": part,
  })),
  embed: {
    kind: SPAN_KIND.client,
    name: ({ part }) => `embeddings ${part}`,
    attributes: ({ part }) => ({ "gen_ai.operation.name": "embeddings", "gen_ai.request.model": part }),
  },
  retrieve: {
    kind: SPAN_KIND.client,
    name: ({ part }) => `retrieval ${part}`,
    attributes: ({ part }) => ({ "gen_ai.operation.name": "retrieval", "gen_ai.data_source.id": part }),
  },
  tool: own("execute_tool", ({ part }) => ({ "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": part })),
  "llm.queue": engineStage("llm.queue"),
  "llm.prefill": engineStage("llm.prefill"),
  "llm.decode": engineStage("llm.decode"),
};
