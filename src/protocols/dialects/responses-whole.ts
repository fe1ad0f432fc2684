import { errorMessage } from "../errors.ts";
import { listOf, member, textMember } from "../members.ts";
import type { WholeAnswer } from "../whole-answer.ts";

/** A response of OpenAI's responses API that came in one body. */
export function readResponse(body: unknown): WholeAnswer {
  const output = listOf(member(body, "output"));
  const status = textMember(body, "status");
  return {
    text: output.flatMap(textsOf).join(""),
    calls: output.filter((item) => CALLS.has(textMember(item, "type") ?? "")),
    finish: textMember(member(body, "incomplete_details"), "reason") ?? status,
    error: errorMessage(member(body, "error")),
    usage: member(body, "usage"),
    model: textMember(body, "model"),
    id: textMember(body, "id"),
  };
}

const CALLS = new Set(["function_call", "custom_tool_call"]);

function textsOf(item: unknown): readonly string[] {
  if (textMember(item, "type") !== "message") return [];
  return listOf(member(item, "content")).flatMap(
    (part) => textMember(part, "text") ?? textMember(part, "refusal") ?? [],
  );
}
