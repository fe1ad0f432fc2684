/**
 * How an attempt ends: the field's one list. `answered` is a whole answer as the plan allows it; `error` counts in
 * `errors.rate`; `censored` means that the attempt was still waiting when it ended, so its times are lower bounds.
 */
export interface OutcomeEntry {
  readonly name: string;
  readonly answered: boolean;
  readonly error: boolean;
  readonly censored: boolean;
  readonly meaning: string;
}

const entries = [
  {
    name: "complete",
    answered: true,
    error: false,
    censored: false,
    meaning: "the whole answer arrived and the server said that it was finished (or sends no finish reason by design)",
  },
  {
    name: "capped",
    answered: true,
    error: false,
    censored: false,
    meaning: "finished at the token limit that was asked for",
  },
  {
    name: "filtered",
    answered: false,
    error: false,
    censored: false,
    meaning: "finished by the server's content filter",
  },
  {
    name: "resource",
    answered: false,
    error: true,
    censored: false,
    meaning: "finished early because the server ran out of a resource, and said so in the finish reason",
  },
  {
    name: "severed",
    answered: false,
    error: true,
    censored: false,
    meaning: "the stream ended or the connection broke after the answer began, before its finish",
  },
  {
    name: "stream-error",
    answered: false,
    error: true,
    censored: false,
    meaning: "status 200, then an error event, a malformed body, or more than the reader's bounds",
  },
  {
    name: "empty",
    answered: false,
    error: true,
    censored: false,
    meaning: "status 2xx and a proper end, but no content",
  },
  { name: "rejected", answered: false, error: true, censored: false, meaning: "status 4xx, 429 included" },
  {
    name: "failed",
    answered: false,
    error: true,
    censored: false,
    meaning: "status 5xx, an unexpected status, or an answer that is not HTTP",
  },
  {
    name: "refused",
    answered: false,
    error: true,
    censored: false,
    meaning: "no answer began: connection refused or reset, DNS failure, TLS failure; `reason` tells which",
  },
  {
    name: "timeout",
    answered: false,
    error: true,
    censored: true,
    meaning: "the plan's connect, firstToken or total timeout ran out",
  },
  {
    name: "stalled",
    answered: false,
    error: true,
    censored: true,
    meaning: "the answer had begun and then nothing came for the plan's idle timeout",
  },
  {
    name: "abandoned",
    answered: false,
    error: false,
    censored: true,
    meaning:
      "the user's patience ran out before the first token, or in a stall of an answer that had begun (`reason` `patience:stall`)",
  },
  {
    name: "cancelled",
    answered: false,
    error: false,
    censored: true,
    meaning:
      "ended by whoever asked: still open when the run was stopped or the drain cap was reached, or the user had read enough (`reason` `stopped`)",
  },
] as const satisfies readonly OutcomeEntry[];

export type Outcome = (typeof entries)[number]["name"];
export const OUTCOMES: readonly (OutcomeEntry & { readonly name: Outcome })[] = entries;
export const OUTCOME_NAMES: readonly Outcome[] = entries.map((entry) => entry.name);
