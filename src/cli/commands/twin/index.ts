import type { CommandGroup } from "../../command.ts";

export const twin: CommandGroup = {
  name: "twin",
  summary: "a model of a serving stack: serve it, simulate it, fit it to a real one",
  commands: [],
};
