import { NO_CALLS } from "./exchange.ts";
import { TextBuffer } from "./text-buffer.ts";
import { MAX_TOOL_CALLS, type ToolCall } from "./types.ts";

/** One call while its pieces come. */
class OpenCall {
  /** How the server tells it from the others: an index, an id, or "" where it says neither. */
  readonly key: string;
  id = "";
  name = "";
  /** Its arguments as raw pieces of a JSON string; decoded at the end. */
  readonly pieces = new TextBuffer();
  /** Arguments that came whole, as text. */
  whole: string | undefined = undefined;
  answered = false;

  constructor(key: string) {
    this.key = key;
  }
}

/** What an event says of a call. Servers leave out all but the pieces after a call's first event. */
export interface CallPiece {
  readonly key: string | undefined;
  readonly id: string | undefined;
  readonly name: string | undefined;
}

/** The tool calls of one answer, put together from its deltas. The bytes are bounded by those of the answer. */
export class ToolCalls {
  private readonly calls: OpenCall[] = [];
  private current: OpenCall | undefined;

  reset(): void {
    this.calls.length = 0;
    this.current = undefined;
  }

  /**
   * The call that the next {@link append} belongs to. Without key and id it is the last one, unless a name begins another. True where it
   * is a new one.
   */
  select({ key, id, name }: CallPiece): boolean {
    const known = this.find(key ?? id, id, name);
    const call = known ?? this.open(key ?? id ?? "");
    this.current = call;
    if (call === undefined) return false;
    if (id !== undefined && id !== "" && call.id === "") call.id = id;
    if (name !== undefined && name !== "" && call.name === "") call.name = name;
    return known === undefined;
  }

  /** A piece of the arguments of the call that was selected last: the inside of a JSON string. */
  append(bytes: Buffer, start: number, end: number, escaped: boolean): void {
    const call = this.current;
    if (call === undefined) return;
    call.pieces.append(bytes, start, end);
    if (escaped) call.pieces.escaped = true;
  }

  /** Arguments that came as a whole; where pieces come too, they say the same. */
  setArguments(text: string): void {
    if (this.current !== undefined) this.current.whole = text;
  }

  /** The server answered the call itself, so whoever asked need not. */
  answered(id: string): void {
    for (const call of this.calls) if (call.id === id || call.key === id) call.answered = true;
  }

  take(): readonly ToolCall[] {
    const { calls } = this;
    if (calls.length === 0) return NO_CALLS;
    return calls
      .filter((call) => !call.answered)
      .map((call, i) => ({
        id: call.id === "" ? `call_${i}` : call.id,
        name: call.name,
        arguments: call.pieces.length > 0 ? call.pieces.text() : (call.whole ?? ""),
      }));
  }

  private find(key: string | undefined, id: string | undefined, name: string | undefined): OpenCall | undefined {
    const { calls, current } = this;
    const call =
      key === undefined
        ? current
        : current?.key === key
          ? current
          : calls.findLast((other) => other.key === key || (other.id !== "" && other.id === id));
    if (call === undefined) return undefined;
    // Some servers number all calls of an answer 0: another id with another name is another call.
    const other = id !== undefined && id !== "" && call.id !== "" && call.id !== id;
    const named = name !== undefined && name !== "" && call.name !== "";
    return named && (other || key === undefined) ? undefined : call;
  }

  private open(key: string): OpenCall | undefined {
    if (this.calls.length >= MAX_TOOL_CALLS) return undefined;
    const call = new OpenCall(key);
    this.calls.push(call);
    return call;
  }
}
