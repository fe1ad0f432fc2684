import { EXIT, PlimsollError } from "../../base/index.ts";
import type { ProtocolName } from "../../plan/index.ts";
import type { ChatMessage, ContentPart, ToolCall } from "../types.ts";

export type ImagePart = Extract<ContentPart, { type: "image" }>;

/** The image's own address, or its bytes as a data URL. */
export function imageUrl({ mime, data, url }: ImagePart): string {
  return url ?? `data:${mime};base64,${data ?? ""}`;
}

/** The address of a part's bytes, as a data URL where they are in the part. */
export function mediaUrl(part: Exclude<ContentPart, { type: "text" }>): string {
  return part.type === "image" ? imageUrl(part) : `data:${mediaType(part)};base64,${part.data}`;
}

export function mediaType(part: Exclude<ContentPart, { type: "text" }>): string {
  return part.type === "image" ? part.mime : `audio/${part.format}`;
}

/** A prompt asks for what the protocol has no place for: PROTOCOL_PART, exit code `planInvalid`. */
export function noPlaceFor(what: string, protocol: ProtocolName): PlimsollError {
  return new PlimsollError(
    {
      code: "PROTOCOL_PART",
      message: `${protocol} has no place for ${what} in a prompt`,
      path: "target.protocol",
      received: protocol,
      hint: "Use prompts without it, or a protocol that carries it",
    },
    EXIT.planInvalid,
  );
}

/** A call's arguments as JSON; what is no JSON object stands as text under `arguments`. */
export function argumentsOf(call: ToolCall): object {
  try {
    const value: unknown = JSON.parse(call.arguments === "" ? "{}" : call.arguments);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    return { arguments: call.arguments };
  }
  return { arguments: call.arguments };
}

export function toolCallsOf(message: ChatMessage): readonly ToolCall[] {
  return message.role === "assistant" ? (message.toolCalls ?? []) : [];
}
