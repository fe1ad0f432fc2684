import { z } from "zod";
import { OUTCOME_NAMES } from "../../base/index.ts";
import { times, tokens, turns } from "./distribution.ts";
import { count, flag, quantity, refuse, text } from "./fields.ts";
import { promptsSchema } from "./prompts.ts";
import { timeouts } from "./target.ts";

const share = (title: string, description: string) => quantity("share", title, description, "zero");

const SLOWEST = 10;
const FASTEST = 10_000;

/** `250 words/min`, or the number alone. */
function readingSpeed(title: string, description: string) {
  return z
    .custom<string | number>()
    .transform((value: unknown, ctx): number => {
      const match = /^(\d+(?:\.\d+)?)\s*(?:(?:words|wpm)?\s*(?:\/\s*min(?:ute)?)?)$/.exec(String(value).trim());
      const number = Number(match?.[1]);
      if (number >= SLOWEST && number <= FASTEST) return number;
      refuse(ctx, {
        code: "PLAN_READING",
        message:
          match === null
            ? "expected words a minute"
            : `expected words a minute, at least ${SLOWEST} and at most ${FASTEST}`,
        hint: "Write a reading speed such as 250 words/min.",
      });
      return z.NEVER;
    })
    .meta({
      title,
      description,
      type: ["string", "number"],
      pattern: "^\\d+(\\.\\d+)?\\s*((words|wpm)?\\s*(/\\s*min(ute)?)?)$",
      samples: ["250 words/min", "600 words/min"],
    });
}

const plainThink = times("Think time", "Between the end of an answer and the next question. Default: 0s.");

/** A pause, or the time that reading the answer takes and a pause. */
const think = z
  .union([
    plainThink,
    z
      .strictObject({
        read: readingSpeed("Reads", "The answer is read at so many words a minute first; a word is six bytes of text."),
        plus: times("Plus", "Pause after reading. Default: 0s.").optional(),
      })
      .meta({ title: "Reading and thinking", description: "Longer after a longer answer." }),
  ])
  .meta({ title: "Think time", description: "Between the end of an answer and the next question. Default: 0s." });

const firstToken = times("Patience", "How long the user waits for the first token. Default: for ever.");

const stallPatience = times(
  "Stall",
  "How long the user waits for more of an answer that has begun. Default: for ever.",
);

// Each form needs one of its fields: zod takes a form of optional fields alone for the one that was meant, whatever is written.
const patience = z
  .union([
    firstToken,
    z
      .strictObject({ firstToken, stall: stallPatience.optional() })
      .meta({ title: "Patience", description: "For the first token, and for a stall." }),
    z.strictObject({ stall: stallPatience }).meta({ title: "Patience with stalls", description: "For a stall alone." }),
  ])
  .meta({
    title: "Patience",
    description: "How long the user waits for the first token, or for more of an answer. Default: for ever.",
  });

const retry = z
  .strictObject({
    share: share("Share", "Chance that the user asks again after a failure. Default: 100%.").optional(),
    times: count("Times", "Most times that the user asks again. Default: 1.", 1, 20).optional(),
    on: z
      .array(z.enum(OUTCOME_NAMES).meta({ title: "Outcome", description: "How an attempt ended." }))
      .min(1)
      .meta({
        title: "Retry on",
        description: "Outcomes after which the user asks again. Default: refused, failed, rejected, timeout.",
      })
      .optional(),
    backoff: quantity(
      "duration",
      "Backoff",
      "Wait before asking again; it doubles each time. Default: 2s.",
      "zero",
    ).optional(),
    jitter: share("Jitter", "Each wait is up to so much shorter or longer. Default: 0%.").optional(),
  })
  .meta({
    title: "Retry habit",
    description: "What the user does by hand, after the client's own retries (target.retries). Default: nothing.",
  });

const stop = z
  .strictObject({
    share: share("Share", "Chance that the user stops an answer."),
    tokens: tokens("Tokens", "After so many content events of the answer.").optional(),
    after: times("After", "So long after the answer's first token.").optional(),
  })
  .meta({ title: "Stop", description: "The user has read enough, and stops the answer. Default: never." });

const returns = z
  .strictObject({
    share: share("Share", "Chance that the user comes back after a session."),
    after: times("After", "Between the end of a session and the user's next."),
    history: z
      .enum(["warm", "cold"])
      .meta({
        title: "History",
        description: "warm: the conversation so far comes along; cold: a new one begins. Default: warm.",
      })
      .optional(),
  })
  .meta({ title: "Returns", description: "Users of open stages who come back. Default: none." });

const tool = z
  .strictObject({
    answer: text(
      "Answer",
      "What the tool answers; may hold {{arguments}}, {{arguments.FIELD}} and {{name}}.",
      1_000_000,
    ),
    wait: times("Wait", "How long the tool takes. Default: 0s.").optional(),
    description: text("Description", "What the model is told of the tool.").optional(),
    parameters: z
      .json()
      .meta({ title: "Parameters", description: "JSON schema of its arguments. Default: any object." })
      .optional(),
  })
  .meta({ title: "Tool", description: "A tool that the model may call, and what answers the call." });

const agent = z
  .strictObject({
    tools: z
      .record(z.string(), tool)
      .meta({ title: "Tools", description: "By name; they are offered to the model, and answer its calls." })
      .optional(),
    parallel: flag("Parallel", "Whether the tool calls of one answer are made side by side. Default: true.").optional(),
    maxSteps: count("Most steps", "Most model calls of a turn. Default: 10.", 1, 1000).optional(),
    steps: turns(
      "Steps",
      "Model calls of a turn, whatever the model answers: an agent's loop without tool calls. Default: the model's tool calls decide.",
    ).optional(),
    result: z
      .strictObject({
        tokens: tokens("Tokens", "Length of the result that the next call gets. Default: 200.").optional(),
        wait: times("Wait", "How long the tool takes. Default: 0s.").optional(),
      })
      .meta({ title: "Result", description: "steps: what comes between two model calls." })
      .optional(),
    fanOut: z
      .strictObject({
        count: turns("Count", "Helpers at once, at most 32."),
        prompts: promptsSchema,
      })
      .meta({
        title: "Fan-out",
        description: "Helpers that are asked at once after the first model call; the agent waits for all of them.",
      })
      .optional(),
  })
  .meta({ title: "Agent", description: "A turn is several model calls, with tools and helpers between them." });

/** What a persona does beside asking. */
export const behaviourFields = {
  think: think.optional(),
  patience: patience.optional(),
  reading: readingSpeed(
    "Reading",
    "How fast the user reads along: gives the share of its time that it waits for text (rebuffer). Default: not measured.",
  ).optional(),
  retry: retry.optional(),
  regenerate: share(
    "Regenerate",
    "Chance that an answered question is asked again as it stands. Default: 0%.",
  ).optional(),
  edit: share(
    "Edit",
    "Chance that the user goes back to one of its questions, changes it and asks on from there. Default: 0%.",
  ).optional(),
  stop: stop.optional(),
  tabs: turns("Tabs", "Sessions of one user at once, at most 32. Default: 1.").optional(),
  returns: returns.optional(),
  timeouts: timeouts.optional(),
  agent: agent.optional(),
};
