import { EXIT, PlimsollError } from "../../base/index.ts";
import { median } from "../../stats/index.ts";
import type { Asked } from "./asker.ts";
import { failureOf, isWhole } from "./failures.ts";
import { findLongest, LARGEST_SHARE } from "./longest.ts";
import { firstOf, type Rig } from "./rig.ts";
import { uniqueText } from "./words.ts";

/** Words of the two first questions; their difference tells how many tokens a word has. */
const WARM_UP = [8, 24] as const;
export const OUTPUT = { least: 8, most: 128 };

/** A short and a less short question, one after the other; the first of all pays what only a first one pays, and is asked twice. */
export async function warmUp(rig: Rig): Promise<Asked[]> {
  const { spend, asker } = rig;
  const asked: Asked[] = [];
  for (const words of [WARM_UP[0], ...WARM_UP]) {
    if (!spend.allows(1, 4 * words + OUTPUT.least, 0)) break;
    const text = uniqueText(rig.random, words);
    const [one] = await asker.episode([{ text, outputTokens: OUTPUT.least, after: 0 }], spend.until);
    spend.take(1, (one?.row.inputTokens ?? words) + (one?.row.outputTokens ?? 0));
    if (one === undefined) break;
    asked.push(one);
    if (one.row.outcome === "rejected") break;
  }
  return asked;
}

/** Learns tokens a word, the engine's speed and its longest prompt, and cuts the experiments to what the budget carries. */
export async function calibrate(rig: Rig, warm: readonly Asked[], budgetMs: number): Promise<void> {
  const [, short, long] = warm;
  const [few, many] = [short?.row.inputTokens, long?.row.inputTokens];
  const bad = warm.find(({ row }) => !isWhole(row));
  if (bad !== undefined && bad.row.outcome !== "cancelled") {
    throw new PlimsollError(
      {
        code: "PROBE_REFUSED",
        message: `A short question was not answered: ${failureOf(bad.row)}.`,
        hint: "Check URL, model and key: plimsoll quick tells what speaks there.",
      },
      bad.row.outcome === "refused" ? EXIT.unreachable : EXIT.planInvalid,
    );
  }
  if (short === undefined || long === undefined || bad !== undefined)
    throw tooSlow(`${warm.length} short questions took the whole budget of ${Math.round(budgetMs / 1000)} s.`);
  if (few === null || few === undefined || many === null || many === undefined) {
    throw new PlimsollError(
      {
        code: "PROBE_NO_USAGE",
        message: "The server does not report its token counts (usage).",
        hint: "Probe a server that honours stream_options.include_usage.",
      },
      EXIT.planInvalid,
    );
  }
  const { speed, spend } = rig;
  rig.each = Math.max(0.25, (many - few) / (WARM_UP[1] - WARM_UP[0]));
  rig.base = Math.max(0, few - rig.each * WARM_UP[0]);
  for (const one of [short, long]) speed.sawFirst(one.row.inputTokens ?? 1, firstOf(one.row));
  // Without gaps the answers came in one read each: too fast to tell, and to matter for the budget.
  const gaps = [...short.gaps, ...long.gaps];
  const gap = gaps.length === 0 ? 0 : median(gaps);
  speed.sawGap(1, gap);
  rig.output = Math.round(Math.min(OUTPUT.most, Math.max(OUTPUT.least, (LARGEST_SHARE * budgetMs) / gap)));
  const least = 3 * speed.first(many) + 3 * rig.output * gap;
  if (!spend.allows(6, 6 * (many + rig.output), least))
    throw tooSlow(
      `The least that tells anything would take about ${Math.ceil(least / 1000)} s more; ${Math.max(0, Math.floor(spend.left / 1000))} s are left.`,
    );
  await findLongest(rig, budgetMs, many);
}

function tooSlow(message: string): PlimsollError {
  return new PlimsollError({ code: "PROBE_TOO_SLOW", message, hint: "Give a larger --budget." }, EXIT.planInvalid);
}
