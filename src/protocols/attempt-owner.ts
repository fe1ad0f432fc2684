import type { Clock, Redactor } from "../base/index.ts";
import type { Attempt } from "./attempt.ts";
import type { AnswerRules } from "./dialects/dialect.ts";
import type { Connection } from "./transport/connection.ts";

/** What an attempt needs of its client. */
export interface AttemptOwner {
  readonly clock: Clock;
  readonly redact: Redactor;
  readonly rules: AnswerRules;
  /** A request that a server may have seen may be sent again. */
  readonly repeatable: boolean;
  resend(attempt: Attempt): void;
  release(connection: Connection, at: number): void;
  drain(connection: Connection, at: number): void;
  ended(attempt: Attempt): void;
}
