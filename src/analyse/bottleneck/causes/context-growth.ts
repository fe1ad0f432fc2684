import { formatMs } from "../../../base/index.ts";
import { clue, figure, graded, growth, percent } from "../clue.ts";
import { leftBaseline } from "../onset.ts";
import { correlation, joinedBins } from "../scene/columns.ts";
import { readEngine } from "../scene/engine.ts";
import { changeOf } from "../scene/scene.ts";
import type { Cause } from "../types.ts";

/** Prompts grow, as conversations do: the same number of requests is more work. */
export const contextGrowth: Cause = {
  name: "context-growth",
  explains: ["prefill", "decode", "batch-limit", "kv-cache"],
  isResource: true,
  look(scene) {
    const { facts, servers, windows } = scene;
    const { client } = facts;
    const input = changeOf(scene, client.inputTokens, client.attempts);
    if (!Number.isFinite(input.before) || !Number.isFinite(input.after)) {
      const hint = "Let answers carry their usage, so that prompts can be counted.";
      return { readings: [], lacks: [{ needs: "inputTokens", hint }] };
    }
    const together = correlation(client.inputTokens, client.ttftMean, joinedBins(windows.blocks));
    const requests = changeOf(scene, facts.load.started);
    const cached = servers.models.map((part) => readEngine(scene, part).cached).find(Number.isFinite) ?? Number.NaN;
    return {
      readings: [
        {
          component: "prompts",
          title: "Prompts grow longer, so that each request costs more.",
          clues: [
            ...clue(graded(growth(input.before, input.after), 1.25, 2.2, 3, 3), {
              measure: "input tokens of an attempt",
              unit: "tokens",
              ...input,
              words: `A prompt has ${figure(input.after)} tokens, ${figure(input.before)} at low load.`,
            }),
            ...clue(graded(growth(requests.before, requests.after), 1.8, 1.1, 1, 1), {
              measure: "attempts",
              unit: "attempts/s",
              ...requests,
              words: `${figure(requests.after)} attempts begin a second, ${figure(requests.before)} at low load.`,
            }),
            ...clue(graded(together, 0.1, 0.6, 1, 0.7), {
              measure: "ttft with input tokens",
              unit: "correlation",
              effect: together,
              test: "Pearson's correlation over bins",
              words: `First tokens are later where prompts are longer (r = ${figure(together)}).`,
            }),
            ...clue(graded(growth(scene.ttft.before, scene.ttft.after), 1.1, 1.6, 0.5, 2), {
              measure: "ttft.mean",
              unit: "ms",
              ...scene.ttft,
              words: `The first token takes ${formatMs(scene.ttft.after)}, ${formatMs(scene.ttft.before)} at low load.`,
            }),
            ...clue(graded(cached, 0.3, 0.8, -1, 0), {
              measure: "server.prompt.cached",
              unit: "share of prompt tokens",
              after: cached,
              words: `${percent(cached)} of the prompt tokens come from the prefix cache.`,
            }),
          ],
          onset: leftBaseline(scene, client.inputTokens),
        },
      ],
      lacks: [],
    };
  },
};
