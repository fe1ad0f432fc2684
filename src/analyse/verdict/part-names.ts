import { SERVERS } from "../../observe/index.ts";
import type { ServerSeries } from "../facts/types.ts";
import type { RuleResult } from "./rule.ts";
import type { Finding } from "./schema.ts";

/** A part that nobody named bears its host and port; that of the target itself, where the plan observes it besides, is marked so. */
const ADDRESS = /^(?:target )?(\S+:\d+)$/;

const TITLES: ReadonlyMap<string, string> = new Map(SERVERS.map(({ kind, title }) => [kind, title]));

/**
 * What the parts that bear an address alone are called in sentences: by what stands there, `vLLM at 127.0.0.1:8000`. The label `part`, ids and
 * components keep the address.
 */
export function partNames(series: readonly Pick<ServerSeries, "part" | "server">[]): Readonly<Record<string, string>> {
  const names: Record<string, string> = {};
  for (const { part, server } of series) {
    const [, address] = ADDRESS.exec(part) ?? [];
    const title = TITLES.get(server);
    if (address !== undefined && title !== undefined) names[part] ??= `${title} at ${address}`;
  }
  return names;
}

/** The same results, their sentences with parts by name. */
export function named(
  { findings, bottleneck, ...rest }: RuleResult,
  names: Readonly<Record<string, string>>,
): RuleResult {
  const say = speaker(names);
  return {
    ...rest,
    findings: findings.map((finding) => namedFinding(finding, say)),
    ...(bottleneck === undefined
      ? {}
      : {
          bottleneck: {
            ...bottleneck,
            runnersUp: bottleneck.runnersUp.map((one) => ({ ...one, words: say(one.words) })),
            ...(bottleneck.cannotTell === undefined ? {} : { cannotTell: say(bottleneck.cannotTell) }),
          },
        }),
  };
}

type Say = (sentence: string) => string;

function namedFinding(finding: Finding, say: Say): Finding {
  return {
    ...finding,
    title: say(finding.title),
    evidence: finding.evidence.map((one) => ({ ...one, words: say(one.words) })),
    advice: finding.advice.map((one) => ({ ...one, do: say(one.do), why: say(one.why), retest: say(one.retest) })),
  };
}

/** Longer parts first, and none within a longer word or an URL. */
function speaker(names: Readonly<Record<string, string>>): Say {
  const parts = Object.keys(names).sort((a, b) => b.length - a.length);
  if (parts.length === 0) return (sentence) => sentence;
  const any = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const pattern = new RegExp(`(?<![\\w./:-])(?:${any})(?![\\w:])`, "g");
  return (sentence) => sentence.replaceAll(pattern, (part) => names[part] ?? part);
}
