import { type Random, randomStream } from "../base/index.ts";
import { type AgentPlan, MOST_TABS } from "../plan/index.ts";
import type { ToolCall, ToolDefinition } from "../protocols/index.ts";
import { countSamplerOf, type Sampler, samplerOf } from "./distributions.ts";
import { type PromptPool, promptPool } from "./prompts/index.ts";
import type { Place } from "./prompts/place.ts";
import { syntheticText } from "./prompts/synthetic.ts";
import type { AgentPlay, AgentStep } from "./types.ts";

/** An agent with its tables built. */
export interface LoadedAgent {
  readonly play: AgentPlay;
  readonly tools: readonly ToolDefinition[];
  readonly fanOut: { readonly count: Sampler; readonly prompts: PromptPool } | undefined;
}

/** `place` is that of the persona's prompts. */
export function loadAgent(plan: AgentPlan, place: Place, path: string): LoadedAgent {
  const { files, seed } = place;
  const { maxSteps, parallel } = plan;
  const steps = plan.steps && countSamplerOf(plan.steps, files, `${path}.steps`);
  const tokens = countSamplerOf(plan.result.tokens, files, `${path}.result.tokens`);
  const wait = samplerOf(plan.result.wait, files, `${path}.result.wait`);
  const waits = plan.tools.map((tool) => samplerOf(tool.wait, files, `${path}.tools.${tool.name}.wait`));
  const stream = (purpose: string, { session, turn, agent, step }: AgentStep, nth = 0): Random =>
    randomStream(seed, purpose, session, turn, agent, step, nth);
  return {
    tools: plan.tools.map(({ name, description, parameters }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      parameters: parameters ?? { type: "object", properties: {} },
    })),
    fanOut: plan.fanOut && {
      count: atMost(MOST_TABS, countSamplerOf(plan.fanOut.count, files, `${path}.fanOut.count`)),
      prompts: promptPool(plan.fanOut.prompts, undefined, { ...place, path: `${path}.fanOut.prompts` }),
    },
    play: {
      maxSteps,
      parallel,
      steps: (at) => steps?.(stream("steps", { ...at, step: 0 })),
      answer: (call, at, nth) => {
        const index = plan.tools.findIndex(({ name }) => name === call.name);
        const tool = plan.tools[index];
        if (tool === undefined) return { wait: 0, content: JSON.stringify({ error: `there is no tool ${call.name}` }) };
        return { wait: Math.max(0, waits[index]?.(stream("tool", at, nth)) ?? 0), content: filled(tool.answer, call) };
      },
      result: (at) => ({
        wait: Math.max(0, wait(stream("tool", at))),
        content: syntheticText(tokens(stream("toolTokens", at)), stream("toolText", at)),
      }),
    },
  };
}

function atMost(most: number, sampler: Sampler): Sampler {
  return (random) => Math.min(most, sampler(random));
}

const PLACEHOLDER = /\{\{\s*(name|arguments(?:\.([^{}\s]+))?)\s*\}\}/g;

/** A tool's answer to a call; a field that the model did not write is empty. */
function filled(answer: string, call: ToolCall): string {
  return answer.replace(PLACEHOLDER, (_, what: string, field: string | undefined) => {
    if (what === "name") return call.name;
    return field === undefined ? call.arguments : fieldOf(call.arguments, field);
  });
}

function fieldOf(text: string, field: string): string {
  const value = parsed(text);
  if (typeof value !== "object" || value === null) return "";
  const found: unknown = Object.entries(value).find(([name]) => name === field)?.[1];
  return found === undefined ? "" : typeof found === "string" ? found : JSON.stringify(found);
}

/** Undefined where the model wrote no JSON. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
