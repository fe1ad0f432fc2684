import { openRun } from "../../record/index.ts";
import { readFacts } from "../facts/read.ts";
import { loadLine } from "../line/load-line.ts";
import { rounded } from "../round.ts";
import { summarise } from "../summarise.ts";
import type { Summary } from "../summary-schema.ts";
import { decide } from "./decide.ts";
import { named, partNames } from "./part-names.ts";
import { applyRules } from "./rules.ts";
import type { Verdict } from "./schema.ts";

/** What a run's folder says beyond its figures: `findings.json`. `summary` spares the reading of it where it is at hand. */
export async function concludeRun(folder: string, summary?: Summary): Promise<Verdict> {
  const known = summary ?? (await summarise(folder));
  const run = await openRun(folder);
  try {
    const facts = await readFacts(run, known);
    const line = await loadLine(facts);
    const { findings, lacks, bottleneck, cost } = named(await applyRules(facts, line), partNames(facts.servers));
    return rounded({
      schema: "plimsoll/findings/1",
      run: known.run.id,
      verdict: decide(facts, line),
      ...(line === undefined ? {} : { line }),
      ...(bottleneck === undefined ? {} : { bottleneck }),
      ...(cost === undefined ? {} : { cost }),
      findings: [...findings],
      lacks: [...lacks],
    });
  } finally {
    run.close();
  }
}
