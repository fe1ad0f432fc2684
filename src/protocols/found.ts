import type { AnswerRules } from "./dialects/dialect.ts";
import { errorMessage } from "./errors.ts";
import { decodeString, KIND, Skimmer } from "./skim/index.ts";
import { compileRules, type SlotMap, type TypeMaps } from "./slot-maps.ts";

/** What one scan of an event, or of a whole body, found at the dialect's paths. Serves all answers of a client, one scan at a time. */
export class Found {
  /** What was scanned last. */
  bytes: Buffer = Buffer.alloc(0);
  /** Values that change from event to event and mean nothing, by number. */
  readonly varying: readonly number[];
  readonly skimmer: Skimmer;
  private readonly unnamed: TypeMaps;
  private readonly named: ReadonlyMap<string, TypeMaps>;
  private map: SlotMap;
  /** The type that came last, which as a rule comes next. */
  private last = 0;

  constructor(rules: AnswerRules) {
    const { paths, values, unnamed, named, varying } = compileRules(rules);
    this.skimmer = new Skimmer(paths, values);
    this.unnamed = unnamed;
    this.named = named;
    this.varying = varying;
    this.map = unnamed.other;
  }

  /** False where the span is not JSON. `name`: of the event, where names tell events apart. */
  scan(bytes: Buffer, start: number, end: number, name = ""): boolean {
    this.bytes = bytes;
    const valid = this.skimmer.skim(bytes, start, end);
    const types = this.named.size === 0 ? this.unnamed : (this.named.get(name) ?? this.unnamed);
    this.map = types.names.length === 0 ? types.other : this.mapOf(types);
    return valid;
  }

  /** An event of this type ends the answer. */
  get ends(): boolean {
    return this.map.ends;
  }

  kind(slot: number): number {
    return this.skimmer.kinds[this.at(slot)] ?? KIND.absent;
  }

  start(slot: number): number {
    return this.skimmer.starts[this.at(slot)] ?? 0;
  }

  end(slot: number): number {
    return this.skimmer.ends[this.at(slot)] ?? 0;
  }

  get anything(): boolean {
    return this.skimmer.kinds.some((kind) => kind !== KIND.absent);
  }

  /** A string with something in it. */
  isText(slot: number): boolean {
    const kind = this.kind(slot);
    return (kind === KIND.string || kind === KIND.escaped) && this.end(slot) > this.start(slot);
  }

  isEscaped(slot: number): boolean {
    return this.kind(slot) === KIND.escaped;
  }

  /** The first of two alternatives that holds text; -1 where none does. */
  textSlot(slot: number, other: number): number {
    if (this.isText(slot)) return slot;
    return this.isText(other) ? other : -1;
  }

  /** A list or object with something in it, a number, or true. */
  isFilled(slot: number): boolean {
    const kind = this.kind(slot);
    if (kind === KIND.object || kind === KIND.array) return this.end(slot) - this.start(slot) > 2;
    return kind === KIND.number || kind === KIND.true;
  }

  /** Neither absent, null, false nor "". */
  isSaid(slot: number): boolean {
    const kind = this.kind(slot);
    if (kind === KIND.absent || kind === KIND.null || kind === KIND.false) return false;
    return kind === KIND.string || kind === KIND.escaped ? this.isText(slot) : true;
  }

  is(slot: number, word: Buffer): boolean {
    return (
      this.kind(slot) === KIND.string &&
      this.end(slot) - this.start(slot) === word.length &&
      startsWith(this.bytes, this.start(slot), word)
    );
  }

  string(slot: number): string {
    return decodeString(this.bytes, this.start(slot), this.end(slot), this.isEscaped(slot));
  }

  /** NaN where the value is not a number. */
  number(slot: number): number {
    if (this.kind(slot) !== KIND.number) return Number.NaN;
    return Number(this.bytes.toString("latin1", this.start(slot), this.end(slot)));
  }

  /** Undefined where the value is no string or number, or an empty one. */
  word(slot: number): string | undefined {
    if (this.isText(slot)) return this.string(slot);
    return this.kind(slot) === KIND.number
      ? this.bytes.toString("latin1", this.start(slot), this.end(slot))
      : undefined;
  }

  /** The value that the slot holds; undefined where it is absent. */
  parsed(slot: number): unknown {
    const kind = this.kind(slot);
    if (kind === KIND.absent) return undefined;
    if (kind === KIND.string || kind === KIND.escaped) return this.string(slot);
    return JSON.parse(this.json(slot));
  }

  /** A value that is no string, as it was written. */
  json(slot: number): string {
    return this.bytes.toString("utf8", this.start(slot), this.end(slot));
  }

  /** The sentence in an error, whichever of the usual shapes it has; undefined where it says nothing. */
  message(slot: number): string | undefined {
    return errorMessage(this.parsed(slot));
  }

  private at(slot: number): number {
    return this.map.at[slot] ?? 0;
  }

  private mapOf({ typeAt, names, maps, other }: TypeMaps): SlotMap {
    const { kinds, starts, ends } = this.skimmer;
    const kind = kinds[typeAt] ?? KIND.absent;
    if (kind === KIND.absent) return other;
    const start = starts[typeAt] ?? 0;
    if (kind === KIND.escaped) {
      const word = Buffer.from(decodeString(this.bytes, start, ends[typeAt] ?? 0, true));
      return maps[names.findIndex((name) => name.equals(word))] ?? other;
    }
    const length = (ends[typeAt] ?? 0) - start;
    const first = this.last < names.length ? this.last : 0;
    for (let i = 0; i < names.length; i++) {
      const candidate = first + i < names.length ? first + i : first + i - names.length;
      const name = names[candidate];
      if (name === undefined || name.length !== length || !startsWith(this.bytes, start, name)) continue;
      this.last = candidate;
      return maps[candidate] ?? other;
    }
    return other;
  }
}

export function startsWith(bytes: Buffer, start: number, word: Buffer): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}
