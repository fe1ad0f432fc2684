import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { PROTOCOLS } from "../base/index.ts";
import { readPlan } from "./read.ts";

const folder = new URL("../../examples/protocols/", import.meta.url);

test("each protocol has an example plan, or one of its kind in examples/, that is read without a fault or a warning", async () => {
  const files = readdirSync(folder).toSorted();
  expect([...files, "http-json.yaml", "http-sse.yaml"].toSorted()).toEqual(
    PROTOCOLS.map((protocol) => `${protocol}.yaml`).toSorted(),
  );
  for (const file of files) {
    const { plan, warnings } = await readPlan(new URL(file, folder).pathname, { env: {}, cwd: folder.pathname });
    expect(plan.target.protocol).toBe(file.replace(".yaml", ""));
    expect(warnings, file).toEqual([]);
  }
});
