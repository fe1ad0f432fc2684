import { basename } from "node:path";
import { PlimsollError, randomStream } from "../../base/index.ts";
import type { PromptSource } from "../../plan/index.ts";
import { countLawOf } from "../distributions.ts";
import { usedUp } from "../feeds.ts";
import { emptyFile } from "../files.ts";
import { orderOf } from "../order.ts";
import { builtinPrompts } from "./builtin.ts";
import { dressed } from "./dress.ts";
import { type Entries, entriesOf, type PromptPool } from "./entry.ts";
import { folderPrompts } from "./folder.ts";
import { askedOf } from "./lengths.ts";
import type { Place } from "./place.ts";
import { prefixLength } from "./prefix.ts";
import { readPrompts } from "./read.ts";
import { syntheticText } from "./synthetic.ts";
import { templateOf } from "./template.ts";

type Kind = PromptSource["kind"];
type Of<K extends Kind> = { [P in K]: Extract<PromptSource, { readonly kind: P }> }[K];

const SOURCES: { readonly [K in Kind]: (source: Of<K>, place: Place) => PromptPool } = {
  builtin: (source, place) => {
    const { set } = source;
    try {
      const entries = entriesOf(builtinPrompts(set));
      return listed(source, entries, `the built-in set ${set}, ${entries.size} prompts`, place);
    } catch (error) {
      if (!(error instanceof PlimsollError)) throw error;
      place.files.faults.push(...error.faults.map((fault) => ({ ...fault, path: place.path })));
      return listed(source, entriesOf([]), "", place);
    }
  },
  inline: (source, place) => {
    const { persona, files, path } = place;
    const { prompts } = source;
    if (prompts.length === 0) files.faults.push(emptyFile("the list of prompts", path, "Add at least one prompt."));
    const entries = prompts.map((content, i) => ({ id: `inline:${persona}:${i + 1}`, turns: [{ content }] }));
    return listed(source, entriesOf(entries), `a list of ${prompts.length} in the plan`, place);
  },
  file: (source, place) => {
    const entries = readPrompts(source, place.files, `${place.path}.file`);
    return listed(source, entries, `${basename(source.file)}, ${entries.size} ${entries.shape}`, place);
  },
  folder: (source, place) => {
    const entries = folderPrompts(source.folder, place.files, `${place.path}.folder`);
    return listed(source, entries, `the folder ${basename(source.folder)}, ${entries.size} files`, place);
  },
  template: ({ turns }, place) => {
    const { persona, feeds, files, path } = place;
    const texts = turns.map((text, i) =>
      templateOf(text, feeds, files, turns.length > 1 ? `${path}.template[${i}]` : `${path}.template`),
    );
    return {
      says: turns.length === 1 ? "a template" : `a template of ${turns.length} turns`,
      draw: (at) => ({ id: `template:${persona}`, turns: texts.map((fill) => ({ content: fill(at) })) }),
    };
  },
  // The id names the length alone: texts are as many as turns, and an id for each would fill the run's dictionary.
  synthetic: ({ tokens }, { files, path, seed, lengths }) => {
    const law = countLawOf(tokens, files, `${path}.tokens`);
    const draw: PromptPool["draw"] = (at) => {
      const random = at.stream("prompt");
      const wanted = law.at(random.next());
      return { id: `synthetic:${wanted}`, turns: [{ content: syntheticText(wanted, random) }] };
    };
    lengths.push({
      path: `${path}.synthetic.tokens`,
      asked: askedOf(law),
      draw: (n) => {
        const random = randomStream(seed, "length", path, n);
        return syntheticText(law.at(random.next()), random);
      },
    });
    return { says: "synthetic text", draw };
  },
};

/** A pool over a list, in the order that the plan wants. */
function listed(
  { order = "random" }: PromptSource,
  entries: Entries,
  says: string,
  { seed, persona, path, once }: Place,
): PromptPool {
  const next = orderOf(order, entries.size, seed, `prompts:${persona}`);
  if (order === "unique") once.push({ path, what: `the prompts of ${persona}`, size: entries.size });
  return {
    says: order === "random" ? says : `${says}, ${ORDER_WORDS[order]}`,
    draw: (at) => {
      const index = next(at);
      return Number.isNaN(index) ? usedUp(`the prompts of ${persona}`, entries.size, path) : entries.at(index);
    },
  };
}

const ORDER_WORDS = {
  sequential: "in their order",
  shuffled: "shuffled, each once a pass",
  unique: "each used once",
};

function build<K extends Kind>(kind: K, source: Of<K>, place: Place): PromptPool {
  return SOURCES[kind](source, place);
}

/** The prompts of a persona; a `system` prompt of its own takes the place of what entries bring. Faults go to `place.files`. */
export function promptPool(source: PromptSource, system: string | undefined, place: Place): PromptPool {
  const bare = build(source.kind, source, place);
  const spoken: PromptPool =
    system === undefined ? bare : { says: bare.says, draw: (at) => ({ ...bare.draw(at), system }) };
  const { prefix } = source;
  if (prefix !== undefined) {
    const { path, files, seed, persona, lengths } = place;
    const law = countLawOf(prefix.tokens, files, `${path}.prefix.tokens`);
    lengths.push({
      path: `${path}.prefix.tokens`,
      asked: askedOf(law),
      // Prefixes are few: what a law asks for is reached by as many draws as there are of them.
      draw: (n) => prefixLength(law, seed, persona, n % prefix.count),
    });
  }
  return dressed(spoken, source, place);
}
