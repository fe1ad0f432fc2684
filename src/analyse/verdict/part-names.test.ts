import { expect, test } from "vitest";
import { named, partNames } from "./part-names.ts";
import type { Finding } from "./schema.ts";

const finding: Finding = {
  id: "bottleneck.kv-cache/127.0.0.1:8000/1",
  kind: "bottleneck.kv-cache",
  severity: "high",
  title: "127.0.0.1:8000 runs out of memory.",
  component: "127.0.0.1:8000",
  from: 0,
  to: 1000,
  evidence: [
    {
      measure: "m",
      unit: "",
      speaks: "for",
      words: "127.0.0.1:8000/engine-1 waits; http://127.0.0.1:8000/x does not.",
    },
  ],
  confidence: 0.9,
  advice: [{ do: "Add a replica of 127.0.0.1:8000.", why: "w", retest: "r" }],
};

test("a part that bears an address alone is told by what stands there, and keeps its address where joins need it", () => {
  const names = partNames([
    { part: "127.0.0.1:8000", server: "vllm" },
    { part: "target [::1]:80", server: "sglang" },
    { part: "127.0.0.1:80001", server: "unknown" },
    { part: "cache", server: "redis" },
  ]);
  expect(names).toEqual({ "127.0.0.1:8000": "vLLM at 127.0.0.1:8000", "target [::1]:80": "SGLang at [::1]:80" });
  const { findings, bottleneck } = named(
    {
      findings: [finding, { ...finding, title: "127.0.0.1:80001 and 8127.0.0.1:8000 are others." }],
      lacks: [],
      bottleneck: {
        first: finding.id,
        runnersUp: [{ kind: "k", component: "127.0.0.1:8000", confidence: 0.3, words: "127.0.0.1:8000 is slow." }],
      },
    },
    names,
  );
  expect(findings[0]).toEqual({
    ...finding,
    title: "vLLM at 127.0.0.1:8000 runs out of memory.",
    evidence: [
      {
        ...finding.evidence[0],
        words: "vLLM at 127.0.0.1:8000/engine-1 waits; http://127.0.0.1:8000/x does not.",
      },
    ],
    advice: [{ ...finding.advice[0], do: "Add a replica of vLLM at 127.0.0.1:8000." }],
  });
  expect(findings[1]?.title).toBe("127.0.0.1:80001 and 8127.0.0.1:8000 are others.");
  expect(bottleneck?.runnersUp[0]).toMatchObject({
    component: "127.0.0.1:8000",
    words: "vLLM at 127.0.0.1:8000 is slow.",
  });
});
