export { githubAnnotations } from "./github.ts";
export { gitlabReport } from "./gitlab.ts";
export { junit } from "./junit.ts";
export { markdown } from "./markdown.ts";
export { ciOfComparison } from "./of-comparison.ts";
export { ciOfRun } from "./of-run.ts";
export type { CiReport } from "./report.ts";
