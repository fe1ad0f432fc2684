import { errorMessage } from "../errors.ts";
import { listOf, member, textMember } from "../members.ts";
import type { WholeAnswer } from "../whole-answer.ts";

/** A message of Anthropic's API that came in one body. */
export function readMessage(body: unknown): WholeAnswer {
  const blocks = listOf(member(body, "content"));
  return {
    text: blocks
      .flatMap((block) => (textMember(block, "type") === "text" ? (textMember(block, "text") ?? []) : []))
      .join(""),
    calls: blocks.filter((block) => textMember(block, "type") === "tool_use"),
    finish: textMember(body, "stop_reason"),
    error: errorMessage(member(body, "error")),
    usage: member(body, "usage"),
    model: textMember(body, "model"),
    id: textMember(body, "id"),
  };
}
