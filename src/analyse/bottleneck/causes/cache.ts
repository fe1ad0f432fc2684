import { clue, figure, graded, percent } from "../clue.ts";
import { firstBeyond } from "../onset.ts";
import { correlation, joinedBins, meanOver, type Window } from "../scene/columns.ts";
import { shareOfDelay } from "../scene/scene.ts";
import type { Cause } from "../types.ts";

/** Share of the lookups that had been asked before and are not found, from which on the cache itself is at fault. */
const FORGOTTEN = 0.3;

/** What a cache used to answer falls on what stands behind it: misses, evictions, a stampede after it was emptied. */
export const cache: Cause = {
  name: "cache",
  explains: ["batch-limit", "decode", "prefill", "kv-cache", "dependency", "network"],
  isResource: true,
  look(scene) {
    const { servers, facts, base, strained, windows } = scene;
    const parts = servers.parts("cache.misses");
    const readings = parts.map((part) => {
      const [hits, misses] = [servers.of("cache.hits", part), servers.of("cache.misses", part)];
      const missed = (window: Window): number => {
        const [found, not] = [meanOver(hits, window) || 0, meanOver(misses, window)];
        return not / (found + not);
      };
      const [before, after] = [missed(base), missed(strained)];
      const rates = { before: meanOver(misses, base), after: meanOver(misses, strained) };
      const evicted = meanOver(servers.of("cache.evicted", part), strained);
      const pushedOut = evicted / rates.after;
      const own = shareOfDelay(scene, servers.of("store.active", part));
      const together = correlation(misses, facts.client.ttftMean, joinedBins(windows.blocks));
      const grew = scene.residence.after > scene.residence.before * 1.2;
      // A cache that is too small misses at every load: then its misses are the evidence, not their growth.
      const { fromStart } = scene.harm;
      const found = 1 - after;
      const forgotten = rates.after > 0 ? scene.repeated - found : 0;
      // What is forgotten all the time has been forgotten at low load, too.
      const isLevel = forgotten > FORGOTTEN;
      return {
        component: part,
        title: `${part} stops answering what it used to, and everything behind it must answer instead.`,
        clues: [
          ...clue(graded(after - before, 0.04, 0.25, 3, evicted > 0 || isLevel ? 0 : 2.5), {
            measure: `misses of ${part}`,
            unit: "share of lookups",
            before,
            after,
            words: `${percent(after)} of the lookups find nothing, ${percent(before)} at low load.`,
          }),
          ...clue(graded(rates.after / Math.max(rates.before, 0.02), 1.5, 4, 1.5, fromStart || isLevel ? 0 : 1.5), {
            measure: `cache.misses of ${part}`,
            unit: "lookups/s",
            ...rates,
            words: `${figure(rates.after)} lookups a second go on to what stands behind, ${figure(rates.before)} at low load.`,
          }),
          ...clue(isLevel ? graded(forgotten, FORGOTTEN, 0.6, 3, 0) : 0, {
            measure: `hits of ${part}, beside questions asked before`,
            unit: "share of lookups",
            before: scene.repeated,
            after: found,
            words: `${percent(scene.repeated)} of the questions had been asked before, word for word, and it still has the answer of ${percent(found)}: it forgets too soon, or lets equal questions pass together.`,
          }),
          ...clue(graded(together, 0.2, 0.6, 1, 0.5), {
            measure: "ttft with misses",
            unit: "correlation",
            effect: together,
            test: "Pearson's correlation over bins",
            words: `First tokens are late in the seconds in which lookups miss (r = ${figure(together)}).`,
          }),
          ...clue(grew ? 0.3 : fromStart ? 0 : -2, {
            measure: "time in the system",
            unit: "ms",
            ...scene.residence,
            words: grew ? "Attempts take longer meanwhile." : "Attempts take no longer meanwhile.",
          }),
          ...clue(graded(own, 0.6, 0.2, 0, 2), {
            measure: `time at ${part}`,
            unit: "share of the delay",
            after: own,
            words: `${percent(own)} of the delay is spent at ${part} itself.`,
          }),
          ...clue(after > (fromStart ? 0.05 : 0.2) ? graded(pushedOut, 0.3, 0.9, 3, 0) : 0, {
            measure: `cache.evicted of ${part}`,
            unit: "entries/s",
            after: evicted,
            words: `${figure(evicted)} entries a second make room for others, ${percent(pushedOut)} of the misses: it is too small for what is asked.`,
          }),
        ],
        onset: Number.isFinite(rates.before) ? firstBeyond(scene, misses, rates.before * 2) : undefined,
      };
    });
    return { readings, lacks: [] };
  },
};
