import type { ProtocolName } from "../../plan/index.ts";
import { messageText } from "../messages.ts";
import type { ChatMessage } from "../types.ts";
import { noPlaceFor } from "./parts.ts";

/**
 * A conversation as one text, a paragraph a message: what a model without a chat template goes on from.
 *
 * @throws PlimsollError PROTOCOL_PART where there is more than text in it
 */
export function flatPrompt(messages: readonly ChatMessage[], protocol: ProtocolName): string {
  for (const { content } of messages) {
    if (typeof content === "string") continue;
    const other = content.find((part) => part.type !== "text");
    if (other !== undefined) throw noPlaceFor(other.type, protocol);
  }
  return messages.map(messageText).join("\n\n");
}
