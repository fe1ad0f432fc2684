import { type Bench, firstOf, promptOf, send } from "./bench.ts";
import { contextIn, failureOf, figure, mayBeTooLong } from "./failures.ts";

/** Share of a context that prompts fill beside their answers: how many tokens a word has is estimated. */
const FILLED = 0.9;
/** Share of the budget that one request of the largest kind may take; a slower engine gets shorter ones. */
export const LARGEST_SHARE = 0.04;

/**
 * Finds the longest prompt to use, from `least` up to what was asked for: what the server's context leaves beside an answer, what one request may take of
 * the budget, and what the server takes when it is tried. Says in the notes where that is less than was asked for.
 */
export async function findLongest(bench: Bench, budgetMs: number, least: number): Promise<void> {
  const { notes, speed } = bench;
  const wanted = bench.maxPrompt;
  const shorten = (tokens: number): boolean => {
    const before = bench.maxPrompt;
    bench.maxPrompt = Math.max(least, Math.min(before, Math.floor(tokens)));
    return bench.maxPrompt < before;
  };
  const fits = (context: number): number => FILLED * (context - bench.output);
  let refused: string | undefined;
  if (bench.context !== undefined && shorten(fits(bench.context)))
    refused = `the server's context is ${figure(bench.context)} tokens, for a prompt and its answer together`;
  let slow = false;
  const bounded = (): void => {
    while (bench.maxPrompt > least && speed.first(bench.maxPrompt) > LARGEST_SHARE * budgetMs) {
      shorten(bench.maxPrompt / 2);
      slow = true;
    }
  };
  bounded();
  for (;;) {
    const tried = bench.maxPrompt;
    const ask = { text: promptOf(bench, tried), outputTokens: bench.output, after: 0 };
    const ms = speed.first(tried) + bench.output * speed.gap(1);
    const what = { kind: "longest", level: tried, what: `trying a prompt of ${figure(tried)} tokens` };
    const sent = await send(bench, what, [ask], tried + bench.output, ms);
    if (sent.ended === "unsent") break;
    const [one] = sent.asked;
    if (sent.ended === "whole" || one === undefined) {
      if (one !== undefined) speed.sawFirst(one.row.inputTokens ?? tried, firstOf(one.row));
      bounded();
      break;
    }
    const context = contextIn(one.row.reason);
    if (context === undefined && !mayBeTooLong(one.row)) {
      notes.push(sent.why);
      break;
    }
    if (context !== undefined) bench.context = context;
    refused =
      context === undefined
        ? `the server refused a prompt of ${figure(tried)} tokens (${failureOf(one.row).replace("the server answered ", "")})`
        : `the server refused a prompt of ${figure(tried)} tokens: its context is ${figure(context)}`;
    if (context !== undefined && shorten(fits(context))) continue;
    if (!shorten(tried / 2)) break;
  }
  if (bench.maxPrompt >= wanted) return;
  const used = `prompts of up to ${figure(bench.maxPrompt)} tokens were used`;
  if (refused !== undefined) notes.push(`${refused}; ${used}`);
  if (slow)
    notes.push(
      `${used}, so that none takes more than ${Math.round(LARGEST_SHARE * 100)} % of the time; give a larger --budget for longer ones`,
    );
}
