export { type CompareOptions, compareRuns } from "./compare.ts";
export {
  type ComparedFigure,
  type Comparison,
  type ComparisonWord,
  comparisonJsonSchema,
  type PlanDifference,
} from "./schema.ts";
