import { z } from "zod";
import { quantity } from "../../fields.ts";

/** Dollars a token of input, a token of output, and a request. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly request: number;
}

/** `{ input: $0.15/M, output: $0.60/M }` */
export const price = (title: string, description: string) =>
  z
    .strictObject({
      input: quantity("tokenPrice", "Input", "Price of input tokens, such as $0.15/M.", "zero").default(0),
      output: quantity("tokenPrice", "Output", "Price of output tokens.", "zero").default(0),
      request: quantity("money", "Request", "Price of one request.", "zero").default(0),
    })
    .meta({ title, description });

/** Dollars. */
export function costAt(price: Price, inputTokens: number, outputTokens: number): number {
  return price.request + price.input * inputTokens + price.output * outputTokens;
}
