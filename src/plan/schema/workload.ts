import { z } from "zod";
import { times, tokens, turns } from "./distribution.ts";
import { count, text } from "./fields.ts";

/** The sets of prompts that ship with the product; `workload/` holds their texts. */
export const BUILTIN_PROMPT_SETS = [
  "mixed",
  "faq",
  "short",
  "long-documents",
  "code",
  "reasoning",
  "adversarial",
  "multilingual",
] as const;
export type BuiltinPromptSet = (typeof BUILTIN_PROMPT_SETS)[number];

export const PROMPT_FORMATS = ["jsonl", "csv", "text"] as const;

const prompts = z
  .union([
    z
      .string()
      .min(1)
      .meta({
        title: "Set or file",
        description: `A built-in set (${BUILTIN_PROMPT_SETS.join(", ")}) or a path to a .jsonl, .csv or .txt file.`,
        samples: [...BUILTIN_PROMPT_SETS, "./prompts.jsonl"],
      }),
    z
      .array(z.string().min(1).meta({ title: "Prompt", description: "One prompt." }))
      .min(1)
      .meta({ title: "List", description: "The prompts themselves." }),
    z
      .strictObject({
        file: text("File", "Path to the file, from the plan's folder."),
        field: text("Field", "JSONL: the field; CSV: the column that holds the prompt.").optional(),
        format: z
          .enum(PROMPT_FORMATS)
          .meta({ title: "Format", description: "Default: by the file's ending." })
          .optional(),
      })
      .meta({ title: "File", description: "Prompts from a file." }),
    z
      .strictObject({
        synthetic: z
          .strictObject({ tokens: tokens("Tokens", "Length of each prompt in tokens.") })
          .meta({ title: "Synthetic", description: "Generated text of a wanted length." }),
      })
      .meta({ title: "Synthetic", description: "Generated text of a wanted length." }),
  ])
  .meta({ title: "Prompts", description: "What this kind of user asks. Default: mixed." });

export const personaSchema = z
  .strictObject({
    name: text("Name", "Name of this kind of user: letters, digits, `-`, `_` and `.`.", 64),
    weight: z
      .number()
      .positive()
      .max(1e9)
      .meta({ title: "Weight", description: "Share among the personas. Default: 1." })
      .optional(),
    prompts: prompts.optional(),
    system: text("System prompt", "System prompt of every session.", 1_000_000).optional(),
    turns: turns(
      "Turns",
      "Turns a session. Default: as many as the prompt has, which is 1 but for conversations.",
    ).optional(),
    think: times("Think time", "Between the end of an answer and the next question. Default: 0s.").optional(),
    patience: times("Patience", "How long the user waits for the first token. Default: for ever.").optional(),
    maxTokens: tokens(
      "Most output tokens",
      "Output tokens to ask for at most. Default: the server's own limit.",
    ).optional(),
  })
  .meta({ title: "Persona", description: "A kind of user." });

export const ARRIVAL_PROCESSES = ["constant", "poisson", "gamma", "weibull"] as const;

export const arrivalsSchema = z
  .strictObject({
    process: z
      .enum(ARRIVAL_PROCESSES)
      .meta({ title: "Process", description: "How sessions arrive in open stages. Default: poisson." })
      .optional(),
    cv: z
      .number()
      .positive()
      .max(20)
      .meta({
        title: "CV",
        description: "gamma, weibull: coefficient of variation of the gaps; 1 is as random as Poisson.",
      })
      .optional(),
    shape: z
      .number()
      .min(0.2)
      .max(100)
      .meta({ title: "Shape", description: "weibull: the shape parameter, in place of cv; 1 is Poisson." })
      .optional(),
  })
  .meta({ title: "Arrivals", description: "The arrival process of open stages." });

export const workloadSchema = z
  .strictObject({
    personas: z
      .array(personaSchema)
      .min(1)
      .meta({ title: "Personas", description: "Kinds of users. Default: one, `user`, that asks from the mixed set." })
      .optional(),
    arrivals: arrivalsSchema.optional(),
    maxUsers: count(
      "Most users",
      "Sessions at once in open stages; a session beyond waits, and the wait counts. Default: no limit.",
    ).optional(),
  })
  .meta({ title: "Workload", description: "Who asks, what, and when." });
