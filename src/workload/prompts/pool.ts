import { PlimsollError } from "../../base/index.ts";
import type { PromptSource } from "../../plan/index.ts";
import { countSamplerOf } from "../distributions.ts";
import { emptyFile, type Files } from "../files.ts";
import { builtinPrompts } from "./builtin.ts";
import { type PromptPool, poolOf } from "./entry.ts";
import { readPrompts } from "./read.ts";
import { syntheticText } from "./synthetic.ts";

type Kind = PromptSource["kind"];
type Of<K extends Kind> = { [P in K]: Extract<PromptSource, { readonly kind: P }> }[K];

interface Place {
  readonly persona: string;
  readonly files: Files;
  readonly path: string;
}

const SOURCES: { readonly [K in Kind]: (source: Of<K>, place: Place) => PromptPool } = {
  builtin: ({ set }, { files, path }) => {
    try {
      return poolOf(builtinPrompts(set));
    } catch (error) {
      if (!(error instanceof PlimsollError)) throw error;
      files.faults.push(...error.faults.map((fault) => ({ ...fault, path })));
      return poolOf([]);
    }
  },
  inline: ({ prompts }, { persona, files, path }) => {
    if (prompts.length === 0) files.faults.push(emptyFile("the list of prompts", path, "Add at least one prompt."));
    return poolOf(prompts.map((prompt, i) => ({ id: `inline:${persona}:${i + 1}`, turns: [prompt] })));
  },
  file: (source, { files, path }) => poolOf(readPrompts(source, files, path)),
  // The id names the length alone: texts are as many as turns, and an id for each would fill the run's dictionary.
  synthetic: ({ tokens }, { files, path }) => {
    const length = countSamplerOf(tokens, files, `${path}.tokens`);
    return {
      draw: (random) => {
        const wanted = length(random);
        return { id: `synthetic:${wanted}`, turns: [syntheticText(wanted, random)] };
      },
    };
  },
};

function build<K extends Kind>(kind: K, source: Of<K>, place: Place): PromptPool {
  return SOURCES[kind](source, place);
}

/** `path` is the source's place in the plan; faults go to `files`. */
export function promptPool(source: PromptSource, persona: string, files: Files, path: string): PromptPool {
  return build(source.kind, source, { persona, files, path });
}
