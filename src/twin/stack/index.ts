export { buildStack, type Stack, type StackGauge } from "./build.ts";
export { callNumbers, FIRST_CALL } from "./call-numbers.ts";
export { STATIC_OWNERS } from "./parts/pool/balancers/owner.ts";
export { parseStack, type ReadStackOptions, readStack, resolveStack, type StackSpec } from "./read.ts";
export { type KernelTimers, RealKernel } from "./real-kernel.ts";
export { stackJsonSchema } from "./schema.ts";
export { VirtualKernel } from "./virtual-kernel.ts";
