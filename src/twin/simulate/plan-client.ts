import type { Target } from "../../plan/index.ts";
import type { Stack } from "../stack/index.ts";
import { SimulatedClient } from "./client.ts";
import { questionsOf } from "./questions.ts";
import { shapeOf } from "./shape.ts";

/** The client of a plan's target, with a stack in the target's place. */
export function planClient(target: Target, stack: Stack): SimulatedClient {
  return new SimulatedClient({
    kernel: stack.kernel,
    entry: stack.entry,
    shape: shapeOf(target),
    question: questionsOf(target, stack),
    maxConnections: target.connections.max,
  });
}
