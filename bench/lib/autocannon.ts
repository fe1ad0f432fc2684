import { fileURLToPath } from "node:url";
import { z } from "zod";
import { runClient } from "./spawned.ts";
import type { Stub } from "./stub.ts";

const CLI = fileURLToPath(import.meta.resolve("autocannon"));
const resultSchema = z.object({
  "2xx": z.number(),
  non2xx: z.number(),
  errors: z.number(),
  timeouts: z.number(),
  latency: z.object({ p50: z.number(), p97_5: z.number(), p99: z.number(), max: z.number() }),
});

export type AutocannonResult = z.infer<typeof resultSchema> & { readonly cpu: number };

/** Tiny requests in a closed loop over `connections`, on the client's core. Latencies in whole ms, from the send time. */
export async function runAutocannon(
  stub: Stub,
  connections: number,
  forMs: number,
  body: string,
): Promise<AutocannonResult> {
  const command = [
    process.execPath,
    CLI,
    "--json",
    "--no-progress",
    "-c",
    String(connections),
    "-d",
    String(forMs / 1000),
    "-m",
    "POST",
    "-H",
    "content-type=application/json",
    "-b",
    body,
    `${stub.url}/tiny`,
  ];
  const ended = await runClient(command, { limitMs: forMs + 60_000 });
  if (ended.code !== 0) throw new Error(`autocannon ended with ${ended.code}\n${ended.stderr}`);
  return { ...resultSchema.parse(JSON.parse(ended.stdout)), cpu: ended.cpu };
}
