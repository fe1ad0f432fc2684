import type { ProbedRequest } from "../fit/types.ts";

/** Ends of an answer that came as it was asked for. */
const WHOLE: ReadonlySet<string> = new Set(["complete", "capped"]);

export function isWhole({ outcome }: ProbedRequest): boolean {
  return WHOLE.has(outcome);
}

/** A number as a sentence has it: `4,096`. */
export function figure(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** How a request failed, in plain words: its status and what the server said. */
export function failureOf({ outcome, reason = "" }: ProbedRequest): string {
  const [, status, said] = /^http:(\d+)\s*(.*)$/.exec(reason) ?? [];
  if (status !== undefined) return `the server answered ${status}${said ? `: "${said}"` : ""}`;
  if (reason === "ECONNREFUSED") return "the server refused the connection";
  return `a request ended as ${outcome}${reason === "" ? "" : ` (${reason})`}`;
}

/** Statuses with which servers refuse a prompt for its length. */
export function mayBeTooLong({ reason = "" }: ProbedRequest): boolean {
  return /^http:(400|413|422)\b/.test(reason);
}

/** Wordings of vLLM, llama.cpp, SGLang, OpenAI and the twin; of TGI; of Anthropic. */
const CONTEXT = [
  /max_model_len\W+([\d,]+)/i,
  /(?:context|model)(?: length| size| window)?(?: of| is|:)?[\s(]+([\d,]+)/i,
  /must be <= ([\d,]+)/,
  />\s*([\d,]+) maximum/,
];

/** The context, tokens, that a server's refusal names; undefined where it names none. */
export function contextIn(reason: string | undefined): number | undefined {
  for (const pattern of CONTEXT) {
    const tokens = Number(pattern.exec(reason ?? "")?.[1]?.replaceAll(",", ""));
    if (Number.isSafeInteger(tokens) && tokens > 0) return tokens;
  }
  return undefined;
}
