import { BOUNDS } from "./bounds.ts";
import type { Question } from "./choose.ts";
import { isUntold } from "./script/value.ts";
import type { Left, PersonaInput, ThinkInput } from "./types.ts";
import { seconds } from "./units.ts";

interface Talk {
  readonly turns: readonly string[];
  readonly last: Question;
}

/** The kinds of users that the questions come from: one for each group of the file, one more for each conversation of several turns. */
export function personasOf(questions: readonly Question[]): {
  readonly personas: readonly PersonaInput[];
  readonly left: readonly Left[];
} {
  const left: Left[] = [];
  const groups = new Map<string, Question[]>();
  for (const question of questions) {
    const { group } = question.call;
    const all = groups.get(group);
    if (all === undefined) groups.set(group, [question]);
    else all.push(question);
  }
  const personas: PersonaInput[] = [];
  let budget: number = BOUNDS.promptText;
  const fits = (text: string, place: string): boolean => {
    budget -= text.length;
    if (budget < 0) left.push({ place, what: "its prompt: those before it fill the plan; put prompts into a file" });
    return budget >= 0;
  };
  for (const [group, all] of groups) {
    const talks = talksOf(all);
    const think = thinkOf(all);
    const weight = all[0]?.call.weight ?? 1;
    const shared = sharedOf(all, think);
    const short = talks.filter(({ turns }) => turns.length === 1).slice(0, BOUNDS.prompts);
    const untold = short.find(({ turns }) => turns.some(isUntold));
    if (untold !== undefined)
      left.push({
        place: untold.last.call.place,
        what: `the prompt ${untold.turns.join("")}: only the script can tell it`,
      });
    const prompts = [
      ...new Set(
        short.flatMap(({ turns, last }) =>
          turns.filter((text) => text.trim() !== "" && !isUntold(text) && fits(text, last.call.place)),
        ),
      ),
    ];
    const sites = all.filter(({ call }) => call.alternative !== true).length;
    const inTurn = all[0]?.call.at === undefined ? Math.min(sites, 100) : 1;
    if (inTurn > 1 && prompts.length > 0) {
      left.push({
        place: all[0]?.call.place ?? "",
        what: `that ${inTurn} requests of one iteration are independent: they become turns of a session, the later ones with the earlier as history`,
      });
    }
    const long = talks
      .filter(({ turns }) => turns.length > 1)
      .filter(({ turns, last }) => turns.every((turn) => fits(turn, last.call.place)));
    if (prompts.length > 0 || long.length === 0) {
      personas.push({
        name: nameOf(group, personas),
        ...(weight === 1 && long.length === 0
          ? {}
          : { weight: long.length === 0 ? weight : weight * Math.max(1, short.length) }),
        ...(prompts.length === 0 ? {} : { prompts }),
        ...(inTurn > 1 ? { turns: inTurn } : {}),
        ...shared,
      });
    }
    for (const { turns } of long) {
      personas.push({ name: nameOf(`${group}-conversation`, personas), weight, ...conversation(turns), ...shared });
    }
    if (talks.filter(({ turns }) => turns.length === 1).length > short.length) {
      left.push({
        place: all[0]?.call.place ?? "",
        what: `questions beyond the first ${BOUNDS.prompts}: put them into a file of prompts`,
      });
    }
  }
  if (personas.length > BOUNDS.personas) {
    left.push({ place: "", what: `${personas.length - BOUNDS.personas} more kinds of users` });
  }
  return { personas: personas.slice(0, BOUNDS.personas), left };
}

/** The turns of one script; a text with `{{` in it would be taken for a field of a feed. */
function conversation(turns: readonly string[]): Pick<PersonaInput, "prompts"> {
  return { prompts: { template: turns.map((turn) => turn.replaceAll("{{", "{ {")) } };
}

/** Chat requests repeat what was said before: one that begins with all turns of an earlier one goes on with it. */
function talksOf(questions: readonly Question[]): Talk[] {
  const open: Talk[] = [];
  for (const question of questions) {
    const { turns, protocol } = question.asked;
    const several = protocol.endsWith("embeddings") || protocol.endsWith("completions");
    if (several && turns.length > 1) {
      open.push(...turns.map((text) => ({ turns: [text], last: question })));
      continue;
    }
    const talk: Talk = { turns: turns.length === 0 ? [""] : turns, last: question };
    const before = open.findLastIndex(
      (other) => other.turns.length < talk.turns.length && other.turns.every((text, i) => text === talk.turns[i]),
    );
    if (before >= 0 && question.call.alternative !== true) open[before] = talk;
    else open.push(talk);
  }
  return open;
}

/** The pause that the file states, else the median of those between recorded requests. */
function thinkOf(questions: readonly Question[]): ThinkInput | undefined {
  const stated = questions.find(({ call }) => call.think !== undefined)?.call.think;
  if (stated !== undefined) return stated;
  const times = questions.flatMap(({ call: { at, took } }) =>
    at === undefined ? [] : [{ at, end: at + (took ?? 0) }],
  );
  const gaps = times
    .slice(1)
    .map(({ at }, i) => at - (times[i]?.end ?? at))
    .filter((gap) => gap > 0)
    .toSorted((a, b) => a - b);
  const median = gaps[Math.floor(gaps.length / 2)];
  return median === undefined ? undefined : { median: seconds(Math.max(100, median)) };
}

function sharedOf(
  questions: readonly Question[],
  think: ThinkInput | undefined,
): Omit<PersonaInput, "name" | "prompts"> {
  const system = questions.find(({ asked }) => asked.system !== undefined)?.asked.system;
  const maxTokens = questions.find(({ asked }) => asked.maxTokens !== undefined)?.asked.maxTokens;
  return {
    ...(system === undefined ? {} : { system }),
    ...(think === undefined ? {} : { think }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
}

function nameOf(group: string, personas: readonly PersonaInput[]): string {
  const base =
    group
      .replaceAll(/[^A-Za-z0-9_.-]+/g, "-")
      .replaceAll(/^-+|-+$/g, "")
      .slice(0, 50) || "user";
  const used = new Set(personas.map(({ name }) => name));
  let name = base;
  for (let n = 2; used.has(name); n++) name = `${base}-${n}`;
  return name;
}
