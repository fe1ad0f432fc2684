import { formatMoney, formatMs, formatNumber, METRICS } from "../../base/index.ts";
import type { Threshold } from "../../plan/index.ts";

const OPERATORS: Readonly<Record<Threshold["operator"], string>> = {
  "<": "under",
  "<=": "at most",
  ">": "over",
  ">=": "at least",
  "==": "exactly",
  "!=": "other than",
};

const RATES = {
  asked: "sessions asked for",
  started: "sessions started",
  completed: "answers",
  goodput: "good answers",
};
const COSTS = { total: "cost", perAnswer: "cost of an answer", perGoodAnswer: "cost of a good answer" };

const percent = (share: number): string => `${formatNumber(share * 100)} %`;

interface Words {
  readonly name: string;
  readonly value: (value: number) => string;
}

/** A limit as a person says it, for the middle of a sentence: `first token p95 under 800 ms in stage recovery`. */
export function limitWords({ subject, operator, limit, filters }: Threshold): string {
  const { name, value } = subjectWords(subject);
  const bound = limit.kind === "value" ? value(limit.value) : `${formatNumber(limit.factor)} times its baseline`;
  const stage = filters.stage === undefined ? "" : ` in stage ${filters.stage}`;
  const persona = filters.persona === undefined ? "" : ` for ${filters.persona}`;
  return `${name} ${OPERATORS[operator]} ${bound}${stage}${persona}`;
}

function subjectWords(subject: Threshold["subject"]): Words {
  switch (subject.kind) {
    case "metric": {
      const { metric, aggregate } = subject;
      const statistic = typeof aggregate === "string" ? aggregate : `p${aggregate.percentile}`;
      const title = METRICS.find(({ name }) => name === metric)?.title ?? metric;
      return { name: `${title} ${statistic}`, value: formatMs };
    }
    case "errors.rate":
      return { name: "errors", value: percent };
    case "outcomes":
      return subject.aggregate === "rate"
        ? { name: `share of outcome ${subject.outcome}`, value: percent }
        : { name: `number of outcome ${subject.outcome}`, value: formatNumber };
    case "rates":
      return { name: RATES[subject.rate], value: (value) => `${formatNumber(value)} a second` };
    case "tokens":
      return { name: `${subject.tokens} tokens`, value: formatNumber };
    case "cost":
      return { name: COSTS[subject.aggregate], value: formatMoney };
  }
}
