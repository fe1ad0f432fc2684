import {
  comparisonJsonSchema,
  findingsJsonSchema,
  foundJsonSchema,
  summaryJsonSchema,
} from "../../src/analyse/index.ts";
import { planJsonSchema } from "../../src/plan/index.ts";
import { stackJsonSchema } from "../../src/twin/index.ts";
import { metricsPage } from "./metrics.ts";
import { protocolsPage } from "./protocols.ts";
import { runFolderPage } from "./run-folder.ts";
import { stacksPage } from "./stacks.ts";

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Files of the repository that are made from the code's own tables. */
export const GENERATED: readonly { readonly file: string; readonly content: () => string }[] = [
  { file: "docs/METRICS.md", content: metricsPage },
  { file: "docs/PROTOCOLS.md", content: protocolsPage },
  { file: "docs/RUN-FOLDER.md", content: runFolderPage },
  { file: "docs/STACKS.md", content: stacksPage },
  { file: "schemas/summary.schema.json", content: () => json(summaryJsonSchema()) },
  { file: "schemas/findings.schema.json", content: () => json(findingsJsonSchema()) },
  { file: "schemas/find.schema.json", content: () => json(foundJsonSchema()) },
  { file: "schemas/compare.schema.json", content: () => json(comparisonJsonSchema()) },
  { file: "schemas/stack.schema.json", content: () => json(stackJsonSchema()) },
  { file: "schemas/plan.schema.json", content: () => json(planJsonSchema()) },
];
