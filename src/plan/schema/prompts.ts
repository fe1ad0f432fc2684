import { z } from "zod";
import { DRAW_ORDERS, PROMPT_FORMATS } from "../types.ts";
import { tokens } from "./distribution.ts";
import { count, quantity, refuse, text } from "./fields.ts";

/** The sets of prompts that ship with the product, as `data/prompts/<set>.jsonl`; `mixed` draws from several. */
export const BUILTIN_PROMPT_SETS = [
  "mixed",
  "faq",
  "short",
  "long-documents",
  "code",
  "reasoning",
  "adversarial",
  "multilingual",
  "multi-turn",
  "ambiguous",
  "structured-output",
  "tool-calling",
  "exact-answers",
  "planted-facts",
] as const;

const SETS = BUILTIN_PROMPT_SETS.join(", ");
/** A prompt of a plan may be long, but it is read with the plan. */
const LONGEST = 1_000_000;

const prompt = () => z.string().min(1).max(LONGEST).meta({ title: "Prompt", description: "One prompt." });

const column = (title: string, description: string) => text(title, description, 200);

const columns = z
  .strictObject({
    prompt: z
      .union([
        column("Prompt", "The column of the prompt."),
        z.array(column("Turn", "The column of one turn.")).min(1).max(100).meta({
          title: "Turns",
          description: "The columns of the turns, in order.",
        }),
      ])
      .meta({ title: "Prompt", description: "The column of the prompt, or those of its turns." })
      .optional(),
    system: column("System prompt", "The column of the system prompt.").optional(),
    id: column("Id", "The column that names the prompt. Default: its line.").optional(),
    answer: column("Answer", "The column of the exact answer.").optional(),
    language: column("Language", "The column of the language.").optional(),
  })
  .meta({ title: "Columns", description: "CSV, Parquet: which column holds what; JSONL: which field." });

const share = (title: string, description: string) => quantity("share", title, description, "zero");

const prefix = z
  .strictObject({
    tokens: tokens("Tokens", "Length of each prefix."),
    count: count("Count", "How many prefixes there are. Default: 1.", 1, 1_000_000).optional(),
    reuse: z
      .union([
        z.enum(["zipf", "uniform"]).meta({
          title: "Law",
          description: "zipf: the k-th is chosen with a chance in proportion to 1/k. uniform: each as often.",
        }),
        z
          .strictObject({
            zipf: z
              .number()
              .positive()
              .max(10)
              .meta({ title: "Exponent", description: "In proportion to 1/k^exponent." }),
          })
          .meta({ title: "Zipf", description: "Zipf's law with an exponent of its own." }),
      ])
      .meta({ title: "Reuse", description: "How a session chooses. Default: uniform." })
      .optional(),
    share: share(
      "Share",
      "Of the sessions; the others begin with a text of the same length that nobody shares. Default: 100%.",
    ).optional(),
    place: z
      .enum(["prompt", "system"])
      .meta({
        title: "Place",
        description: "At the start of the first question, or of the system prompt. Default: prompt.",
      })
      .optional(),
  })
  .meta({ title: "Prefix", description: "Generated text that sessions share, at the start of each." });

const mediaCount = (what: string) => count("Count", `${what} with each prompt. Default: 1.`, 1, 100).optional();
const distinct = count("Distinct", "How many different ones there are. Default: 8.", 1, 1000).optional();

const SIZE = /^(\d{1,5})x(\d{1,5})$/;
const MOST_PIXELS = 40_000_000;

const imageSize = z
  .string()
  .transform((written, ctx): { width: number; height: number } => {
    const [, width = 0, height = 0] = (SIZE.exec(written) ?? []).map(Number);
    if (width > 0 && height > 0 && width * height <= MOST_PIXELS) return { width, height };
    refuse(ctx, {
      code: "PLAN_UNIT",
      message: "expected the size of a picture in pixels, at most 40 million of them",
      hint: "Write width and height such as 512x512.",
    });
    return z.NEVER;
  })
  .meta({
    title: "Size",
    description: "Width and height in pixels.",
    samples: ["512x512", "1024x768"],
    pattern: SIZE.source,
  });

const images = z
  .union([
    z
      .strictObject({ files: text("Files", "A picture, or a folder of pictures."), count: mediaCount("Pictures") })
      .meta({ title: "Files", description: "Pictures from files: PNG, JPEG, GIF, WebP." }),
    z
      .strictObject({
        size: imageSize,
        bytes: quantity("size", "Bytes", "Size of each file. Default: what it comes to.").optional(),
        count: mediaCount("Pictures"),
        distinct,
      })
      .meta({ title: "Drawn", description: "Pictures of a wanted size, drawn from the seed." }),
  ])
  .meta({ title: "Images", description: "Pictures that come with each prompt." });

const audio = z
  .union([
    z
      .strictObject({ files: text("Files", "A sound, or a folder of sounds."), count: mediaCount("Sounds") })
      .meta({ title: "Files", description: "Sounds from files: WAV, MP3, FLAC, Ogg." }),
    z
      .strictObject({
        length: quantity("duration", "Length", "How long each sound lasts."),
        rate: count("Rate", "Samples a second, 16 bits each. Default: 16000.", 1000, 192_000).optional(),
        count: mediaCount("Sounds"),
        distinct,
      })
      .meta({ title: "Made", description: "Sounds of a wanted length, made from the seed." }),
  ])
  .meta({ title: "Audio", description: "Sounds that come with each prompt." });

const order = z.enum(DRAW_ORDERS).meta({
  title: "Order",
  description:
    "random: any, again and again. sequential: by the session's number. shuffled: each once a pass. unique: each once in the run, over all workers. Default: random.",
});

/** What may be said of the prompts of any source. */
const dress = {
  prefix: prefix.optional(),
  unique: share(
    "Unique",
    "Share of the sessions whose texts begin with a mark that no other session has, so that no cache helps them.",
  ).optional(),
  images: images.optional(),
  audio: audio.optional(),
};
/** What may be said of those of a list. */
const drawn = { order: order.optional(), ...dress };

export const promptsSchema = z
  .union([
    z
      .string()
      .min(1)
      .meta({
        title: "Set or file",
        description: `A built-in set (${SETS}), a path to a .jsonl, .csv, .parquet or .txt file, or to a folder (it ends in /).`,
        samples: [...BUILTIN_PROMPT_SETS, "./prompts.jsonl"],
      }),
    z.array(prompt()).min(1).meta({ title: "List", description: "The prompts themselves." }),
    z
      .strictObject({
        file: text("File", "Path to the file, from the plan's folder."),
        field: text("Field", "JSONL: the field; CSV, Parquet: the column that holds the prompt.").optional(),
        columns: columns.optional(),
        format: z
          .enum(PROMPT_FORMATS)
          .meta({ title: "Format", description: "Default: by the file's ending." })
          .optional(),
        ...drawn,
      })
      .meta({ title: "File", description: "Prompts from a file." }),
    z
      .strictObject({ set: text("Set", `A built-in set: ${SETS}.`), ...drawn })
      .meta({ title: "Set", description: "A built-in set, with more to be said of it." }),
    z
      .strictObject({
        list: z.array(prompt()).min(1).meta({ title: "List", description: "The prompts themselves." }),
        ...drawn,
      })
      .meta({ title: "List", description: "The prompts themselves, with more to be said of them." }),
    z
      .strictObject({ folder: text("Folder", "Path to the folder, from the plan's folder."), ...drawn })
      .meta({ title: "Folder", description: "Every file of a folder is a prompt." }),
    z
      .strictObject({
        template: z
          .union([
            prompt(),
            z.array(prompt()).min(1).max(1000).meta({ title: "Turns", description: "The turns of a session." }),
          ])
          .meta({ title: "Template", description: "Text in which `{{feed.column}}` is filled from `workload.feeds`." }),
        ...dress,
      })
      .meta({ title: "Template", description: "Text filled from the rows of feeds." }),
    z
      .strictObject({
        synthetic: z
          .strictObject({ tokens: tokens("Tokens", "Length of each prompt in tokens.") })
          .meta({ title: "Synthetic", description: "Generated text of a wanted length." }),
        ...dress,
      })
      .meta({ title: "Synthetic", description: "Generated text of a wanted length." }),
  ])
  .meta({ title: "Prompts", description: "What this kind of user asks. Default: mixed." });
