import { isStreamed, PROTOCOL_TABLE } from "../../base/index.ts";
import type { Target } from "../../plan/index.ts";

/** What a target's protocol says of its answers, as far as a simulated one needs it. */
export interface AnswerShape {
  /** Answers come token by token; otherwise whole, and nothing is known of their tokens' times. */
  readonly streamed: boolean;
  /** The server says why it stopped. */
  readonly saysFinish: boolean;
  readonly timeouts: Target["timeouts"];
}

export function shapeOf({ protocol, parameters, events, timeouts }: Target): AnswerShape {
  const { saysFinish } = PROTOCOL_TABLE[protocol];
  return {
    streamed: isStreamed(protocol, parameters),
    saysFinish: saysFinish === "asked" ? events?.done !== undefined : saysFinish,
    timeouts,
  };
}
