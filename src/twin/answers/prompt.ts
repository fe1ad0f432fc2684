import { type ChainState, digest, feed, startChain } from "./hash.ts";
import { answerHeader, contextSegment, messageSegment, PROMPT_START, type Segment, segmentTail } from "./segments.ts";
import type { Prompt, PromptMessage } from "./types.ts";

/** A prompt up to and including one segment. Conversations share their beginnings, so a growing one costs what was added. */
interface Link {
  readonly before: Link | undefined;
  readonly message: PromptMessage | undefined;
  readonly segment: Segment;
  readonly depth: number;
  /** Tokens up to the segment's end. */
  readonly tokens: number;
  readonly state: Readonly<ChainState>;
  /** Hashes of the blocks that end within the segment, for the block size that was asked for last. */
  blocks: { readonly size: number; readonly hashes: Float64Array } | undefined;
}

/** The beginning that ends with a message, as it stood when that message was last seen. */
const known = new WeakMap<PromptMessage, Link>();

const SEED = 0x7c4a;

/** A prompt of the twin's model: the messages in a chat template and the header of the answer, or a text as it stands. */
export class ChatPrompt implements Prompt {
  readonly tokens: number;
  readonly key: number;
  private readonly last: Link | undefined;
  private readonly header: Uint32Array;
  private made: { readonly size: number; readonly hashes: Float64Array } | undefined;

  constructor(last: Link | undefined) {
    this.last = last;
    this.header = answerHeader(last?.segment);
    this.tokens = (last?.tokens ?? PROMPT_START.length) + this.header.length;
    this.key = digest(this.end());
  }

  /** The chain after the prompt's last token, from which the answer's blocks go on. */
  end(): ChainState {
    const state = stateAfter(this.last);
    for (const mark of this.header) feed(state, mark);
    return state;
  }

  blockHashes(size: number): Float64Array {
    if (this.made?.size === size) return this.made.hashes;
    const hashes = new Float64Array(Math.floor(this.tokens / size));
    let end = fillBlocks(this.last, size, hashes);
    const state = stateAfter(this.last);
    let position = this.last?.tokens ?? PROMPT_START.length;
    for (const mark of this.header) {
      feed(state, mark);
      if (++position % size === 0) hashes[end++] = digest(state);
    }
    this.made = { size, hashes };
    return hashes;
  }

  keepTail(tokens: number): ChatPrompt {
    if (this.tokens <= tokens) return this;
    let room = tokens - PROMPT_START.length - this.header.length;
    const kept: Segment[] = [];
    for (let link = this.last; link !== undefined && room > 0; link = link.before) {
      const tail = segmentTail(link.segment, room);
      if (tail === undefined) break;
      kept.push(tail);
      room -= tail.hashes.length;
      if (tail !== link.segment) break;
    }
    let last: Link | undefined;
    for (const segment of kept.reverse()) last = linkAfter(last, segment, undefined);
    return new ChatPrompt(last);
  }

  /**
   * The same prompt with `tokens` tokens of retrieved context before its last message. Equal keys are equal context: prompts that share what stands
   * before it, and the key, share its blocks.
   */
  extend(tokens: number, key: number): ChatPrompt {
    if (tokens < 1) return this;
    const context = linkAfter(this.last?.before, contextSegment(tokens, key), undefined);
    return new ChatPrompt(this.last === undefined ? context : linkAfter(context, this.last.segment, undefined));
  }

  /** From the first to the last. */
  segments(): readonly Segment[] {
    const all: Segment[] = [];
    for (let link = this.last; link !== undefined; link = link.before) all.push(link.segment);
    return all.reverse();
  }

  get firstSegment(): Segment | undefined {
    let link = this.last;
    while (link?.before !== undefined) link = link.before;
    return link?.segment;
  }

  get lastSegment(): Segment | undefined {
    return this.last?.segment;
  }
}

/**
 * The prompt of a conversation. Message objects that come again in the same order are not looked at again, so they must not be changed. Prompts
 * that share their first messages share the hashes of all blocks up to the first that differs.
 */
export function promptOf(messages: readonly PromptMessage[]): ChatPrompt {
  let last: Link | undefined;
  let from = 0;
  for (let i = messages.length - 1; i >= 0; i--) {
    const message = messages[i];
    const link = message === undefined ? undefined : known.get(message);
    if (link === undefined || !standsFor(link, messages, i)) continue;
    last = link;
    from = i + 1;
    break;
  }
  for (let i = from; i < messages.length; i++) {
    const message = messages[i];
    if (message === undefined) continue;
    last = linkAfter(last, messageSegment(message), message);
    known.set(message, last);
  }
  return new ChatPrompt(last);
}

function standsFor(link: Link, messages: readonly PromptMessage[], end: number): boolean {
  if (link.depth !== end) return false;
  let at: Link | undefined = link;
  for (let i = end; i >= 0; i--) {
    if (at === undefined || at.message !== messages[i]) return false;
    at = at.before;
  }
  return at === undefined;
}

function stateAfter(link: Link | undefined): ChainState {
  if (link !== undefined) return { a: link.state.a, b: link.state.b };
  const state = startChain(SEED);
  for (let i = 0; i < PROMPT_START.length; i++) feed(state, PROMPT_START[i] ?? 0);
  return state;
}

function linkAfter(before: Link | undefined, segment: Segment, message: PromptMessage | undefined): Link {
  const state = stateAfter(before);
  const { hashes } = segment;
  for (let i = 0; i < hashes.length; i++) feed(state, hashes[i] ?? 0);
  return {
    before,
    message,
    segment,
    depth: before === undefined ? 0 : before.depth + 1,
    tokens: (before?.tokens ?? PROMPT_START.length) + hashes.length,
    state,
    blocks: undefined,
  };
}

/** Writes the hashes of all blocks that end by the link's end; returns how many. */
function fillBlocks(last: Link | undefined, size: number, into: Float64Array): number {
  if (size <= PROMPT_START.length) into[0] = digest(stateAfter(undefined));
  for (let link = last; link !== undefined; link = link.before)
    into.set(ownBlocks(link, size), Math.floor(tokensBefore(link) / size));
  return Math.floor((last?.tokens ?? PROMPT_START.length) / size);
}

function tokensBefore(link: Link): number {
  return link.tokens - link.segment.hashes.length;
}

function ownBlocks(link: Link, size: number): Float64Array {
  if (link.blocks?.size === size) return link.blocks.hashes;
  const start = tokensBefore(link);
  const made = new Float64Array(Math.floor(link.tokens / size) - Math.floor(start / size));
  const state = stateAfter(link.before);
  const { hashes } = link.segment;
  let end = 0;
  for (let i = 0; i < hashes.length; i++) {
    feed(state, hashes[i] ?? 0);
    if ((start + i + 1) % size === 0) made[end++] = digest(state);
  }
  link.blocks = { size, hashes: made };
  return made;
}
