import type { Target } from "../../plan/index.ts";
import { FIRST_CALL, type Stack } from "../stack/index.ts";
import { SimulatedClient } from "./client.ts";
import type { Dealing } from "./dealing.ts";
import { planCalls } from "./plan-calls.ts";
import { shapeOf } from "./shape.ts";

/**
 * The client of a plan's target, with a stack in the target's place. Where sessions are dealt out to replicas, calls have the numbers that they would
 * have if one client sent them all.
 */
export function planClient(target: Target, stack: Stack, dealing?: Dealing): SimulatedClient {
  return new SimulatedClient({
    kernel: stack.kernel,
    entry: stack.entry,
    shape: shapeOf(target),
    call: planCalls(target, stack, dealing?.named ?? false),
    maxConnections: target.connections.max,
    ...(dealing === undefined ? {} : { numberOf: ({ sessionId }) => Number(sessionId) + FIRST_CALL }),
  });
}
