import type { Random } from "../base/index.ts";
import type { ContentPart } from "../protocols/index.ts";
import type { TurnScript } from "./types.ts";

/** Times in a row that one answer is asked for again. */
const MOST_AGAIN = 10;

/** What people add to a question when they change it. */
const CHANGES = [
  "Please keep it short.",
  "Give one example.",
  "Explain it as if I were new to this.",
  "List the steps in order.",
  "Leave out what I did not ask for.",
  "Say why, not only what.",
  "Write it so that I can forward it.",
  "Compare it with the usual way of doing it.",
] as const;

/** How a user takes its questions again. */
export interface Taking {
  /** Chances, 0 to 1. */
  readonly regenerate: number;
  readonly edit: number;
  /** The stream of a purpose, of one question alone. */
  stream(purpose: string, question: number): Random;
  /** What a question is like when it is asked for the `nth` time, from 1. */
  again(question: number, nth: number): Pick<TurnScript, "think" | "patience" | "stallPatience" | "retries" | "stop">;
}

/**
 * The turns of a session, in the order in which they are asked: after each answer the user may want another one, and may then go back to a question
 * of the conversation so far, change it and go on from there. Questions are at their places however often others are asked again.
 */
export function withMoves(questions: readonly TurnScript[], taking: Taking): TurnScript[] {
  const turns: TurnScript[] = [];
  /** The questions of the conversation as it stands: each with the turn that asked it last. */
  let standing: number[] = [];
  for (const [at, question] of questions.entries()) {
    standing.push(turns.push(question) - 1);
    let nth = 0;
    const regenerating = taking.stream("regenerate", at);
    while (nth < MOST_AGAIN && regenerating.next() < taking.regenerate) {
      nth++;
      const of = standing.at(-1) ?? 0;
      const instead = { of, move: "regenerate" } as const;
      standing[standing.length - 1] = turns.push({ ...bare(question), ...taking.again(at, nth), instead }) - 1;
    }
    const editing = taking.stream("edit", at);
    if (!(editing.next() < taking.edit)) continue;
    const back = Math.floor(editing.next() * standing.length);
    const of = standing[back] ?? 0;
    const from = turns[of] ?? question;
    standing = standing.slice(0, back);
    const change = CHANGES[Math.floor(editing.next() * CHANGES.length)] ?? CHANGES[0];
    standing.push(
      turns.push({ ...changed(from, change), ...taking.again(at, nth + 1), instead: { of, move: "edit" } }) - 1,
    );
  }
  return turns;
}

/** Without what belongs to one time of asking. */
function bare({ stop: _stop, instead: _instead, ...question }: TurnScript): TurnScript {
  return question;
}

/** An exact answer to the question may be none to the changed one. */
function changed(asked: TurnScript, change: string): TurnScript {
  const { answer: _answer, ...question } = bare(asked);
  const { content, prompt } = question;
  const parts: readonly ContentPart[] = typeof content === "string" ? [] : content;
  return {
    ...question,
    prompt: `${prompt} ${change}`,
    content: typeof content === "string" ? `${content} ${change}` : [...parts, { type: "text", text: change }],
  };
}
