import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { TextFiles } from "./text-files.ts";

test("a kept text with half a surrogate pair is still a line that any reader of JSON takes", () => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-texts-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "texts"), { recursive: true });
  const texts = new TextFiles(folder, (text) => text);
  texts.write({ session: 1, turn: 0, attempt: 0, prompt: "\u{1F600}", answer: "A\uD83D B\uDE00" });
  texts.close();
  const [file = ""] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".jsonl"),
  );
  const line = readFileSync(join(folder, file), "utf8");
  expect(line).not.toMatch(/\\u[dD][89a-fA-F]/);
  expect(JSON.parse(line)).toMatchObject({ prompt: "\u{1F600}", answer: "A\uFFFD B\uFFFD" });
});
