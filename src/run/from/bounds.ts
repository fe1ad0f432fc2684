/** What is read of a file at most; more is left out and listed. */
export const BOUNDS = {
  /** bytes of a file */
  file: 64 * 1024 * 1024,
  /** characters of a script, a parser of which recurses */
  script: 2_000_000,
  calls: 20_000,
  /** requests of the target that prompts are taken from */
  questions: 2_000,
  /** variants of one request, where a script chooses from a list */
  variants: 200,
  /** prompts of a persona, and characters of all prompts */
  prompts: 200,
  promptText: 1_000_000,
  /** characters of one text that a script puts together */
  text: 100_000,
  /** expressions that are looked at, and pieces of data that come of them: names that stand for each other twice double with each */
  steps: 200_000,
  personas: 20,
  stages: 200,
  limits: 100,
  /** lines of what was left out */
  left: 60,
  depth: 40,
} as const;
