/** What a hook is told of its session. `state` is the session's own: empty at first, handed to each of its hooks, for them to keep things in. */
export interface HookSession {
  /** Number of the session; the same for the same plan and seed. */
  readonly session: number;
  readonly persona: string;
  readonly state: Record<string, unknown>;
}

export interface HookMessage {
  readonly role: string;
  readonly content: unknown;
}

export interface HookTurn extends HookSession {
  /** From 0. */
  readonly turn: number;
  /** What the workload would ask. */
  readonly prompt: string;
  /** What was said so far. */
  readonly messages: readonly HookMessage[];
}

export interface HookRequest extends HookSession {
  readonly turn: number;
  /** From 0; above it a retry. */
  readonly attempt: number;
  readonly prompt: string;
  readonly maxTokens: number | undefined;
}

export interface HookAnswer extends HookSession {
  readonly turn: number;
  readonly attempt: number;
  readonly outcome: string;
  /** HTTP status; 0 where none came. */
  readonly status: number;
  readonly text: string;
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
}

/** What each hook is given, and what it may give back. */
export interface HookForms {
  /** Before a session's first turn; may give it a system prompt. */
  readonly beforeSession: { readonly given: HookSession; readonly told: { readonly system?: string } };
  /** Before each turn; may ask something else, or end the session. */
  readonly nextTurn: { readonly given: HookTurn; readonly told: { readonly prompt?: string; readonly end?: boolean } };
  /** Before each attempt; may set the limit of its output tokens. */
  readonly request: { readonly given: HookRequest; readonly told: { readonly maxTokens?: number } };
  /** After each attempt; may end the session. */
  readonly answer: { readonly given: HookAnswer; readonly told: { readonly end?: boolean } };
}
export type HookName = keyof HookForms;

/**
 * What data cannot say of a session. Hooks are synchronous: they run on the thread that makes the load, and the time that they take is counted as the
 * generator's own.
 */
export type Hooks = {
  readonly [N in HookName]?: (given: HookForms[N]["given"]) => HookForms[N]["told"] | undefined;
};

export const HOOK_NAMES: readonly HookName[] = ["beforeSession", "nextTurn", "request", "answer"];

/** Gives hooks in TypeScript their types; returns them as they are. */
export function defineHooks(hooks: Hooks): Hooks {
  return hooks;
}
