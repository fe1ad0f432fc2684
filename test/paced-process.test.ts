import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./helpers/cli.ts";
import { pacedServer } from "./helpers/paced.ts";

const MAIN = resolve(ROOT, "dist/twin/paced/main.js");

test("the paced server says where it listens, answers there, and ends when standard input closes", async () => {
  const { url, stop } = await pacedServer("--tokens", "3", "--token-spread", "0", "--gap", "1", "--first-token", "1");
  const response = await fetch(`${url}/chat`, {
    method: "POST",
    body: JSON.stringify({ session: "s", message: "hello" }),
  });
  expect((await response.text()).match(/"delta"/g)).toHaveLength(3);
  await stop();
  await expect(fetch(url)).rejects.toThrow();
});

test("the paced server ends on SIGTERM, also with answers open", async () => {
  const child = spawn(process.execPath, [MAIN, "--tokens", "50000"], { stdio: ["pipe", "pipe", "inherit"] });
  const closed = once(child, "close");
  const [line] = await once(child.stdout, "data");
  const url = /http:[^"]+/.exec(String(line))?.[0] ?? "";
  const open = await fetch(`${url}/chat`, { method: "POST", body: JSON.stringify({ session: "s", message: "hello" }) });
  child.kill("SIGTERM");
  expect(await closed).toEqual([0, null]);
  await expect(open.text()).rejects.toThrow();
});

test("a bad argument ends the paced server with 104 and says what to write", async () => {
  const child = execFile(process.execPath, [MAIN, "--slots", "none", "--gap=-1"]);
  let complaint = "";
  child.stderr?.on("data", (chunk: string) => {
    complaint += chunk;
  });
  expect(await once(child, "close")).toEqual([104, null]);
  expect(complaint).toContain("Give --slots a whole number of 1 or more.");
  expect(complaint).toContain("--gap");
});
