import type { Json } from "../../plan/index.ts";
import type { ResponseFormat, ToolDefinition } from "../../protocols/index.ts";
import { isList, isRecord } from "./json-values.ts";

/** Tools as OpenAI (`function`), Anthropic (`input_schema`) or plain objects define them; a string says what is wrong. */
export function toolsOf(value: unknown): readonly ToolDefinition[] | string {
  if (!isList(value)) return "tools is not a list";
  const tools: ToolDefinition[] = [];
  for (const item of value) {
    const inner = isRecord(item) ? item["function"] : undefined;
    const tool = isRecord(inner) ? inner : item;
    const name = isRecord(tool) ? tool["name"] : undefined;
    if (!isRecord(tool) || typeof name !== "string" || name === "") return "a tool has no name";
    const { description } = tool;
    const parameters = tool["parameters"] ?? tool["input_schema"];
    if (parameters !== undefined && !isSchema(parameters)) return `tool ${name}: its parameters are no JSON schema`;
    tools.push({
      name,
      ...(typeof description === "string" ? { description } : {}),
      ...(parameters === undefined ? {} : { parameters }),
    });
  }
  return tools;
}

/** A wanted form of the answer, as OpenAI (`json_schema`) or a plain object says it; a string says what is wrong. */
export function formatOf(value: unknown): ResponseFormat | undefined | string {
  if (!isRecord(value)) return "the response format is no object";
  const inner = value["json_schema"];
  const written = isRecord(inner) ? inner : value;
  const { name, schema } = written;
  // `text` and `json_object` name no schema.
  if (schema === undefined && typeof value["type"] === "string") return undefined;
  if (typeof name !== "string" || !isSchema(schema)) return "the response format needs a name and a schema";
  return { name, schema };
}

/** What was parsed from JSON is JSON. */
function isSchema(value: unknown): value is { readonly [key: string]: Json } {
  return isRecord(value);
}
