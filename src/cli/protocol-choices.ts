import type { ProtocolName } from "../plan/index.ts";

export type ProtocolChoice = ProtocolName;

/** Kept apart from the plan's table, which would bring its whole room into every call; a test holds the two together. */
export const PROTOCOL_CHOICES: readonly ProtocolChoice[] = ["openai-chat", "http-sse", "http-json"];
