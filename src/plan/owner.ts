import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { EXIT, PlimsollError } from "../base/index.ts";
import { isLoopback } from "./proxy.ts";

/**
 * Hosts that the user's own config allows, one a line; `#` begins a comment, `*.example.com` allows every host under it. The file is
 * `$XDG_CONFIG_HOME/plimsoll/allowed-targets` (by default under `~/.config`).
 */
export function allowListFile(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "plimsoll", "allowed-targets");
}

/**
 * Load goes only where its owner wants it: loopback, hosts on the user's allow-list, or anything after the owner's word.
 * Throws `TARGET_NOT_OWNED` (exit 104) before a byte is sent.
 */
export async function assertMayLoad(url: string, word: boolean, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const hostname = new URL(url).hostname.toLowerCase().replace(/^\[|\]$/g, "");
  if (word || isLoopback(hostname)) return;
  const file = allowListFile(env);
  if ((await readAllowList(file)).some((pattern) => matches(pattern, hostname))) return;
  throw new PlimsollError(
    {
      code: "TARGET_NOT_OWNED",
      message: `${hostname} is not on this machine, and a load test of somebody else's server is an attack.`,
      path: "target.url",
      received: hostname,
      hint: `Add --i-own-this-target if you may load it, or put ${hostname} on a line of ${file}.`,
    },
    EXIT.planInvalid,
  );
}

async function readAllowList(file: string): Promise<readonly string[]> {
  try {
    const text = await readFile(file, "utf8");
    return text
      .split(/\r?\n/)
      .map((line) => line.replace(/#.*/, "").trim().toLowerCase())
      .filter((line) => line !== "");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function matches(pattern: string, host: string): boolean {
  return pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) : host === pattern;
}
