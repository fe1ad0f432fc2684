import { z } from "zod";
import type { BodyFault, Read } from "./types.ts";

/** The function that a request makes the model call. */
export interface ForcedTool {
  readonly name: string;
  /** JSON Schema of its arguments. */
  readonly parameters: unknown;
  /** The request names it, instead of asking for whichever of its tools. */
  readonly named: boolean;
}

/** What a choice of tools forces: nothing, any of them, or one by its name. */
export type Forced = undefined | { readonly name: string | undefined };

/** OpenAI's `tool_choice`, of chats (`function.name`) and of responses (`name`). */
const mode = z.string().optional();
export const toolChoiceField = z
  .union([
    z.enum(["none", "auto", "required"]),
    z.looseObject({
      type: z.string(),
      name: z.string().optional(),
      function: z.looseObject({ name: z.string() }).optional(),
      mode,
      allowed_tools: z.looseObject({ mode }).optional(),
    }),
  ])
  .nullish();

export function openaiForced(choice: z.infer<typeof toolChoiceField>): Read<Forced> {
  if (choice === "required") return { value: { name: undefined } };
  if (typeof choice !== "object" || choice === null) return { value: undefined };
  if (choice.type === "allowed_tools" && (choice.allowed_tools?.mode ?? choice.mode) !== "required")
    return { value: undefined };
  const name = choice.function?.name ?? choice.name;
  if (choice.type !== "function")
    return refusal(`This server can be made to call functions only, not what type '${choice.type}' asks for`);
  return name === undefined ? refusal("A forced function needs its name") : { value: { name } };
}

const parameters = z.record(z.string(), z.unknown()).nullish();
const chatFunction = z
  .object({ type: z.literal("function"), function: z.object({ name: z.string(), parameters }) })
  .transform((tool) => tool.function);
const responsesFunction = z.object({ type: z.literal("function"), name: z.string(), parameters });
const anthropicTool = z
  .object({ name: z.string(), input_schema: z.record(z.string(), z.unknown()) })
  .transform((tool) => ({ name: tool.name, parameters: tool.input_schema }));
const callable = z.union([chatFunction, responsesFunction, anthropicTool]);

const NO_PARAMETERS = { type: "object", properties: {}, additionalProperties: false };

/** The tool that has to be called: the one that is named, else the first function. A forced call that cannot be made is a fault, never prose. */
export function forcedTool(
  tools: readonly unknown[] | null | undefined,
  forced: Read<Forced>,
): Read<ForcedTool | undefined> {
  if (forced.faults) return forced;
  if (forced.value === undefined) return { value: undefined };
  const { name } = forced.value;
  const functions = (tools ?? []).flatMap((tool) => callable.safeParse(tool).data ?? []);
  const chosen = name === undefined ? functions[0] : functions.find((tool) => tool.name === name);
  if (chosen !== undefined)
    return {
      value: { name: chosen.name, parameters: chosen.parameters ?? NO_PARAMETERS, named: name !== undefined },
    };
  if (name === undefined) return refusal("A forced call needs at least one function among 'tools'");
  return refusal(`No function among 'tools' is named '${name.slice(0, 200)}'`);
}

function refusal(why: string): { readonly faults: readonly [BodyFault] } {
  return {
    faults: [{ code: "invalid_value", param: "tool_choice", message: `Invalid value for 'tool_choice': ${why}.` }],
  };
}
