import { figure } from "../../src/report/figures.ts";
import type { PageData } from "../../src/report/page/types.ts";

export function Report({ data }: { data: PageData }) {
  return (
    <main>
      <h1>{data.verdict.verdict.headline}</h1>
      <p>{figure(data.summary.run.duration, "ms")}</p>
    </main>
  );
}
