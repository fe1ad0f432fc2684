import type { Cause } from "../spike.ts";
import { coldStart } from "./cold-start.ts";
import { connecting } from "./connecting.ts";
import { dependency } from "./dependency.ts";
import { generator } from "./generator.ts";
import { outputLength } from "./output-length.ts";
import { pause } from "./pause.ts";
import { preemption } from "./preemption.ts";
import { promptSize } from "./prompt-size.ts";
import { queueing } from "./queueing.ts";

/** Where two explain a spike equally well, the earlier is the deeper one: a queue that a missing replica makes is a cold start. */
export const CAUSES: readonly Cause[] = [
  generator,
  coldStart,
  preemption,
  promptSize,
  outputLength,
  dependency,
  connecting,
  pause,
  queueing,
];
