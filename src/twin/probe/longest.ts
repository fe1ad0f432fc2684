import { contextIn, failureOf, figure, mayBeTooLong } from "./failures.ts";
import { firstOf, promptOf, type Rig, send } from "./rig.ts";

/** Share of a context that prompts fill beside their answers: how many tokens a word has is estimated. */
const FILLED = 0.9;
/** Share of the budget that one request of the largest kind may take; a slower engine gets shorter ones. */
export const LARGEST_SHARE = 0.04;

/**
 * Finds the longest prompt to use, from `least` up to what was asked for: what the server's context leaves beside an answer, what one request may take of
 * the budget, and what the server takes when it is tried. Says in the notes where that is less than was asked for.
 */
export async function findLongest(rig: Rig, budgetMs: number, least: number): Promise<void> {
  const { notes, speed } = rig;
  const wanted = rig.maxPrompt;
  const shorten = (tokens: number): boolean => {
    const before = rig.maxPrompt;
    rig.maxPrompt = Math.max(least, Math.min(before, Math.floor(tokens)));
    return rig.maxPrompt < before;
  };
  const fits = (context: number): number => FILLED * (context - rig.output);
  let refused: string | undefined;
  if (rig.context !== undefined && shorten(fits(rig.context)))
    refused = `the server's context is ${figure(rig.context)} tokens, for a prompt and its answer together`;
  let slow = false;
  const bounded = (): void => {
    while (rig.maxPrompt > least && speed.first(rig.maxPrompt) > LARGEST_SHARE * budgetMs) {
      shorten(rig.maxPrompt / 2);
      slow = true;
    }
  };
  bounded();
  for (;;) {
    const tried = rig.maxPrompt;
    const ask = { text: promptOf(rig, tried), outputTokens: rig.output, after: 0 };
    const ms = speed.first(tried) + rig.output * speed.gap(1);
    const what = { kind: "longest", level: tried, what: `trying a prompt of ${figure(tried)} tokens` };
    const sent = await send(rig, what, [ask], tried + rig.output, ms);
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
    if (context !== undefined) rig.context = context;
    refused =
      context === undefined
        ? `the server refused a prompt of ${figure(tried)} tokens (${failureOf(one.row).replace("the server answered ", "")})`
        : `the server refused a prompt of ${figure(tried)} tokens: its context is ${figure(context)}`;
    if (context !== undefined && shorten(fits(context))) continue;
    if (!shorten(tried / 2)) break;
  }
  if (rig.maxPrompt >= wanted) return;
  const used = `prompts of up to ${figure(rig.maxPrompt)} tokens were used`;
  if (refused !== undefined) notes.push(`${refused}; ${used}`);
  if (slow)
    notes.push(
      `${used}, so that none takes more than ${Math.round(LARGEST_SHARE * 100)} % of the time; give a larger --budget for longer ones`,
    );
}
