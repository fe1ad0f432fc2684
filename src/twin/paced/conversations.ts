/**
 * How long each conversation of `POST /chat` has grown, in estimated tokens. The paced server never reads a conversation, so it
 * keeps its length and not its text. The least recently used one is forgotten past `most`.
 */
export class Conversations {
  readonly #tokens = new Map<string, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** 0 for a conversation that is new, forgotten or none. */
  lengthOf(session: string | undefined): number {
    return session === undefined ? 0 : (this.#tokens.get(session) ?? 0);
  }

  grow(session: string | undefined, tokens: number): void {
    if (session === undefined) return;
    const length = this.lengthOf(session) + tokens;
    this.#tokens.delete(session);
    this.#tokens.set(session, length);
    if (this.#tokens.size <= this.#most) return;
    for (const oldest of this.#tokens.keys()) {
      this.#tokens.delete(oldest);
      return;
    }
  }
}
