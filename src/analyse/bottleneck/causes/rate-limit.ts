import { clue, figure, graded, percent } from "../clue.ts";
import { firstBeyond } from "../onset.ts";
import { meanOver } from "../scene/columns.ts";
import { type Scene, shareOf } from "../scene/scene.ts";
import type { Cause, Reading } from "../types.ts";

/** Share of attempts that 429s are at least, and from which on nothing else is needed. */
const SOME = 0.003;
const MANY = 0.05;

/** Requests turned away with 429: at the client, or at a part that others fall back from. */
export const rateLimit: Cause = {
  name: "rate-limit",
  explains: ["connections", "retries", "network"],
  isResource: true,
  look(scene) {
    const { facts, servers, strained, base } = scene;
    const before = shareOf(scene, facts.client.rateLimited, base);
    const after = shareOf(scene, facts.client.rateLimited, strained);
    const readings: Reading[] = [];
    const parts = servers.parts("limits.hit");
    if (after > 0) {
      readings.push({
        component: parts.find((part) => meanOver(servers.of("limits.hit", part), strained) > 0) ?? "provider",
        title: "The provider answers only so many requests a minute, and turns the rest away.",
        clues: [
          ...clue(graded(after, SOME, MANY), {
            measure: "status 429",
            unit: "share of attempts",
            before,
            after,
            words: `${percent(after)} of the attempts were answered with 429, ${percent(before)} at low load.`,
          }),
          ...clue(graded(after, SOME, MANY, 2, 0), {
            measure: "outcome",
            unit: "",
            words: "429 is what a limit answers, whatever the load on the server behind it.",
          }),
          ...queueBehind(scene),
        ],
        onset: firstBeyond(scene, share(scene), SOME),
      });
    }
    for (const part of parts) {
      const hits = servers.of("limits.hit", part);
      const rate = meanOver(hits, strained);
      const ratio = rate / meanOver(facts.load.started, strained);
      if (!(rate > 0) || after > 0) continue;
      readings.push({
        component: part,
        title: `${part} turns requests away because its rate limit is used up.`,
        clues: clue(graded(ratio, SOME, MANY, 2, 2), {
          measure: `limits.hit of ${part}`,
          unit: "requests/s",
          before: meanOver(hits, base),
          after: rate,
          words: `${part} turned away ${figure(rate)} requests a second.`,
        }),
        onset: firstBeyond(scene, hits, 0),
      });
    }
    return { readings, lacks: [] };
  },
};

/** A server that sheds what waits too long says 429, too: then the queue comes first. */
function queueBehind(scene: Scene) {
  const { servers, strained } = scene;
  const queued = Math.max(
    0,
    ...servers.models.map((part) => meanOver(servers.of("server.queued", part), strained) || 0),
  );
  return clue(queued > 2 ? -1.5 : 0, {
    measure: "server.queued",
    unit: "requests",
    after: queued,
    words: `${figure(queued)} requests wait at the model server meanwhile: it may say 429 because of them.`,
  });
}

function share({ facts }: Scene) {
  return facts.client.rateLimited.map((count, bin) => {
    const attempts = facts.client.attempts[bin] ?? 0;
    return attempts > 0 ? count / attempts : Number.NaN;
  });
}
