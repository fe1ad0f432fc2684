import type { Episode, Observed } from "./types.ts";

/** What the prefix cache is to know of one request of an episode. */
export interface Prefix {
  /** As `EngineRequest`: absent where no other request shares these blocks. */
  readonly blockHashes: Float64Array | undefined;
  readonly answerBlockHash: ((index: number) => number) | undefined;
  /** Tokens that the server said it found; undefined: it did not say. */
  readonly knownCached: number | undefined;
}

/** Blocks that a request may have, for hashes of its own: as many as stay exact beside 2^26 requests. */
const STRETCH = 2 ** 27;
/** Earlier requests that are looked at for one that is long enough. */
const FURTHEST = 1000;

/**
 * Whose text the blocks were that a server found in its cache. It says only how many; where two requests hold the same blocks these are held once, so that
 * it matters to memory. A turn continues the turn before it of the same conversation. Where the data name no conversations, a request continues the one
 * that ended before and is as long as what was found; else it begins like the last one of which as much was found, which is a beginning that many share;
 * else like the latest one that is long enough. Undefined where nothing was found in the whole episode.
 */
export function prefixesOf({ requests }: Episode, blockSize: number): readonly Prefix[] | undefined {
  if (!requests.some(({ cachedTokens }) => cachedTokens >= blockSize)) return undefined;
  const found = requests.map(({ cachedTokens, inputTokens }) =>
    cachedTokens > 0 ? Math.floor(Math.min(cachedTokens, inputTokens - 1) / blockSize) : 0,
  );
  const parents = parentsOf(requests, found, blockSize);
  const shares = found.map((blocks) => blocks > 0);
  const answers = new Set<number>();
  for (const [i, parent] of parents.entries()) {
    if (parent === undefined) continue;
    shares[parent] = true;
    if ((found[i] ?? 0) > promptBlocks(requests[parent], blockSize)) answers.add(parent);
  }
  const own = (i: number, k: number): number => (i + 1) * STRETCH + k;
  const hashes: (Float64Array | undefined)[] = [];
  for (const [i, request] of requests.entries()) {
    const parent = parents[i];
    const common = parent === undefined ? 0 : (found[i] ?? 0);
    const text = parent === undefined ? undefined : hashes[parent];
    hashes.push(
      shares[i] === true
        ? Float64Array.from({ length: promptBlocks(request, blockSize) }, (_, k) =>
            k < common && parent !== undefined ? (text?.[k] ?? own(parent, k)) : own(i, k),
          )
        : undefined,
    );
  }
  return requests.map(({ cachedTokens }, i) => ({
    blockHashes: hashes[i],
    answerBlockHash: answers.has(i) ? (k: number): number => own(i, k) : undefined,
    knownCached: Number.isNaN(cachedTokens) ? undefined : cachedTokens,
  }));
}

function promptBlocks(request: Observed | undefined, blockSize: number): number {
  return Math.floor((request?.inputTokens ?? 0) / blockSize);
}

/** Full blocks of prompt and answer; the last token's are never written. */
function allBlocks({ inputTokens, outputTokens }: Observed, blockSize: number): number {
  return Math.floor((inputTokens + outputTokens - 1) / blockSize);
}

/** For each request the earlier one that it begins like. */
function parentsOf(
  requests: readonly Observed[],
  found: readonly number[],
  blockSize: number,
): readonly (number | undefined)[] {
  const ofConversation = new Map<string, number>();
  const ofLength = new Map<number, number[]>();
  const ofFound = new Map<number, number>();
  const isLong = (j: number, blocks: number): boolean => {
    const other = requests[j];
    return other !== undefined && allBlocks(other, blockSize) >= blocks;
  };
  const parents: (number | undefined)[] = [];
  for (const [i, request] of requests.entries()) {
    const blocks = found[i] ?? 0;
    const { conversation, arrivedAt } = request;
    if (blocks > 0) {
      const before = conversation === undefined ? undefined : ofConversation.get(conversation);
      const turn = before !== undefined && isLong(before, blocks) ? before : undefined;
      const continued = conversation === undefined ? takeEnded(ofLength.get(blocks), requests, arrivedAt) : undefined;
      parents.push(turn ?? continued ?? ofFound.get(blocks) ?? latest(requests, i, (j) => isLong(j, blocks)));
      ofFound.set(blocks, i);
    } else parents.push(undefined);
    if (conversation !== undefined) ofConversation.set(conversation, i);
    for (const length of new Set([promptBlocks(request, blockSize), allBlocks(request, blockSize)])) {
      const list = ofLength.get(length);
      if (list === undefined) ofLength.set(length, [i]);
      else list.push(i);
    }
  }
  return parents;
}

/** The latest of these that had ended by then; a turn has one next turn, so that it is taken out. */
function takeEnded(list: number[] | undefined, requests: readonly Observed[], at: number): number | undefined {
  if (list === undefined) return undefined;
  for (let k = list.length - 1; k >= Math.max(0, list.length - FURTHEST); k--) {
    const i = list[k] ?? 0;
    if (!((requests[i]?.lastTokenAt ?? Number.POSITIVE_INFINITY) <= at)) continue;
    list.splice(k, 1);
    return i;
  }
  return undefined;
}

/** The latest request before `i` that fits, one that had ended where there is one. */
function latest(requests: readonly Observed[], i: number, fits: (j: number) => boolean): number | undefined {
  const at = requests[i]?.arrivedAt ?? 0;
  let running: number | undefined;
  for (let j = i - 1; j >= Math.max(0, i - FURTHEST); j--) {
    if (!fits(j)) continue;
    if ((requests[j]?.lastTokenAt ?? Number.POSITIVE_INFINITY) <= at) return j;
    running ??= j;
  }
  return running;
}
