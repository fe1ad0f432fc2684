import type { ForcedTool } from "./forced-tool.ts";
import type { AnswerHead } from "./types.ts";

interface ItemEvent {
  readonly type: string;
  readonly fields: object;
}

/** The one item of a response's output: how it stands in the body, and the events that stream it. */
export interface OutputItem {
  /** What comes before the first piece of its text. */
  readonly opening: readonly ItemEvent[];
  /** The event of a piece, but for the piece. */
  readonly delta: ItemEvent;
  closing(text: string, status: string): readonly ItemEvent[];
  whole(text: string, status: string): object;
}

const ADDED = "response.output_item.added";
const DONE = "response.output_item.done";

export function textItem(head: AnswerHead): OutputItem {
  const id = `msg_${head.id}`;
  const place = { output_index: 0, content_index: 0, item_id: id };
  const part = (text: string): object => ({ type: "output_text", annotations: [], logprobs: [], text });
  const message = (status: string, content: readonly object[]): object => ({
    id,
    type: "message",
    status,
    role: "assistant",
    content,
  });
  return {
    opening: [
      { type: ADDED, fields: { output_index: 0, item: message("in_progress", []) } },
      { type: "response.content_part.added", fields: { ...place, part: part("") } },
    ],
    delta: { type: "response.output_text.delta", fields: { ...place, logprobs: [] } },
    closing: (text, status) => [
      { type: "response.output_text.done", fields: { ...place, logprobs: [], text } },
      { type: "response.content_part.done", fields: { ...place, part: part(text) } },
      { type: DONE, fields: { output_index: 0, item: message(status, [part(text)]) } },
    ],
    whole: (text, status) => message(status, [part(text)]),
  };
}

export function callItem(head: AnswerHead, { name }: ForcedTool): OutputItem {
  const id = `fc_${head.id}`;
  const place = { output_index: 0, item_id: id };
  const call = (text: string, status: string): object => ({
    id,
    type: "function_call",
    status,
    call_id: `call_${head.id}`,
    name,
    arguments: text,
  });
  return {
    opening: [{ type: ADDED, fields: { output_index: 0, item: call("", "in_progress") } }],
    delta: { type: "response.function_call_arguments.delta", fields: place },
    closing: (text, status) => [
      { type: "response.function_call_arguments.done", fields: { ...place, name, arguments: text } },
      { type: DONE, fields: { output_index: 0, item: call(text, status) } },
    ],
    whole: call,
  };
}
