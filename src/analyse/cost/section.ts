import type { Facts } from "../facts/types.ts";
import type { Cost, LoadLine } from "../verdict/schema.ts";
import { type Piece, piecesOf } from "./pieces.ts";
import { added, intervalOf, NOTHING, type Spent, spentByBin, spentIn, WASTES, wastedMoney } from "./spent.ts";

/** Good answers below which a price for one is chance. */
const FEWEST = 20;

type AtLoad = Cost["loads"][number];

/** What the run cost, at each load, and the load at which a good answer is cheapest; undefined without prices. */
export async function costSection(facts: Facts, line: LoadLine | undefined): Promise<Cost | undefined> {
  const { prices } = facts.manifest;
  if (prices === undefined) return undefined;
  const bins = await spentByBin(facts);
  // An attempt can be due after the last bin: a run that was stopped counts it all the same.
  const all = [...bins.values()].reduce(added, NOTHING);
  const pieces = piecesOf(facts);
  const parts = pieces.map((piece) => spentIn(bins, piece));
  const loads = atLoads(pieces, parts, line);
  const cheapest = cheapestOf(loads);
  const money = wastedMoney(all);
  const unseen = unseenTokens(facts, all);
  return {
    currency: "USD",
    prices: { ...prices },
    ...figuresOf(all),
    output: all.output,
    wasted: {
      share: all.total > 0 ? Math.min(1, money / all.total) : 0,
      tokens: WASTES.reduce((sum, why) => sum + all.wasted[why].tokens, 0),
      money,
      ...(unseen === undefined ? {} : { unseen }),
      by: WASTES.map((why) => ({ why, ...all.wasted[why] })),
      late: all.late,
    },
    loads,
    ...(cheapest === undefined ? {} : { cheapest }),
  };
}

function cheapestOf(loads: readonly AtLoad[]): Cost["cheapest"] {
  const [best, ...others] = loads
    .filter((load) => load.meets === true && load.perGoodAnswer !== undefined && load.goodAnswers >= FEWEST)
    .toSorted((a, b) => (a.perGoodAnswer ?? 0) - (b.perGoodAnswer ?? 0));
  if (best?.perGoodAnswer === undefined) return undefined;
  const { load, unit, perGoodAnswer, interval } = best;
  const sure =
    others.length > 0 && others.every((other) => (other.interval?.low ?? 0) > (interval?.high ?? Number.NaN));
  return { load, unit, perGoodAnswer, sure };
}

/** Output tokens that model servers counted beyond those that clients got; undefined where no server counts them. */
function unseenTokens({ servers, width }: Facts, { output }: Spent): number | undefined {
  const counters = servers.filter(({ concept }) => concept === "server.output.tokens");
  if (counters.length === 0) return undefined;
  let generated = 0;
  for (const { values } of counters)
    for (const rate of values) generated += Number.isFinite(rate) ? (rate * width) / 1000 : 0;
  return Math.max(0, Math.round(generated - output));
}

function figuresOf(
  spent: Spent,
): Pick<
  AtLoad,
  "attempts" | "priced" | "total" | "perRequest" | "perSession" | "perGoodAnswer" | "interval" | "goodAnswers"
> {
  const { attempts, priced, total, goodAnswers, sessions } = spent;
  return {
    attempts,
    priced,
    total,
    goodAnswers,
    ...(priced > 0 ? { perRequest: total / priced } : {}),
    ...(sessions.count > 0 ? { perSession: sessions.total / sessions.count } : {}),
    ...(priced > 0 && goodAnswers > 0 ? { perGoodAnswer: total / goodAnswers, interval: intervalOf(spent) } : {}),
  };
}

/** Pieces of one load are one, wherever in the run they are. */
function atLoads(pieces: readonly Piece[], parts: readonly Spent[], line: LoadLine | undefined): AtLoad[] {
  const merged = new Map<string, { piece: Piece; stages: string[]; spent: Spent }>();
  for (const [i, piece] of pieces.entries()) {
    const spent = parts[i];
    if (spent === undefined || spent.attempts === 0) continue;
    const key = `${piece.load.toPrecision(3)} ${piece.unit}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { piece, stages: [piece.stage], spent });
    else {
      known.spent = added(known.spent, spent);
      if (!known.stages.includes(piece.stage)) known.stages.push(piece.stage);
    }
  }
  return [...merged.values()]
    .map(({ piece, stages, spent }): AtLoad => {
      const meets = holdsAt(line, piece);
      return {
        ...figuresOf(spent),
        stages,
        load: piece.load,
        unit: piece.unit,
        wastedShare: spent.total > 0 ? Math.min(1, wastedMoney(spent) / spent.total) : 0,
        ...(meets === undefined ? {} : { meets }),
      };
    })
    .toSorted((a, b) => a.load - b.load);
}

function holdsAt(line: LoadLine | undefined, { load, unit }: Piece): boolean | undefined {
  if (line === undefined || line.unit !== unit || line.limits.length === 0) return undefined;
  const verdicts = line.limits.map(({ holdsUpTo, above, below }) => {
    if (holdsUpTo !== undefined) return load <= holdsUpTo.value;
    if (above !== undefined) return load <= above ? true : undefined;
    return below !== undefined && load >= below ? false : undefined;
  });
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}
