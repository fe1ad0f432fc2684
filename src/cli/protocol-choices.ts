import { PROTOCOLS, type ProtocolName } from "../base/index.ts";

export type ProtocolChoice = ProtocolName;

/** From the ground, not from the plan's room, which every call would then bring with it. */
export const PROTOCOL_CHOICES: readonly ProtocolChoice[] = PROTOCOLS;
