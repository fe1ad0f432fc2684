import type { ChatMessage } from "../protocols/index.ts";

/** What was said in a session so far, as far as it stands. */
export class Conversation {
  readonly messages: ChatMessage[];
  /** Name that the server gave the last answer, for servers that keep the conversation under it. */
  previousId: string | undefined;
  readonly #marks = new Map<number, { readonly length: number; readonly previousId: string | undefined }>();

  constructor(messages: readonly ChatMessage[] = []) {
    this.messages = [...messages];
  }

  say(message: ChatMessage): void {
    this.messages.push(message);
  }

  /** Remembers how things stand before a turn. */
  mark(turn: number): void {
    this.#marks.set(turn, { length: this.messages.length, previousId: this.previousId });
  }

  /** Forgets a turn and all that came after it. */
  rewind(turn: number): void {
    const mark = this.#marks.get(turn);
    if (mark === undefined) return;
    this.messages.length = mark.length;
    this.previousId = mark.previousId;
  }
}
