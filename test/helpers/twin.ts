import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { ROOT } from "./cli.ts";

export interface BuiltTwin {
  readonly url: string;
  /** Ends it; resolves to what it said on standard error. */
  stop(): Promise<string>;
}

/** Starts a twin as any program may: through the library that `npm run build` made, in a process of its own. */
export async function builtTwin(args: readonly string[]): Promise<BuiltTwin> {
  const library = resolve(ROOT, "dist/twin/index.js");
  const script = `
    import { spawnTwin } from ${JSON.stringify(library)};
    const twin = await spawnTwin(${JSON.stringify(args)});
    process.stdout.write(JSON.stringify({ url: twin.url }) + "\\n");
    process.stdin.once("end", async () => process.stderr.write(await twin.stop())).resume();
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["pipe", "pipe", "pipe"] });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words += text;
  });
  const closed = once(child, "close");
  const line = await Promise.race([once(createInterface(child.stdout), "line"), closed.then(() => undefined)]);
  if (line === undefined) throw new Error(`the twin did not start:\n${words}`);
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(String(line[0])));
  return {
    url,
    async stop() {
      child.stdin.end();
      await closed;
      return words;
    },
  };
}
