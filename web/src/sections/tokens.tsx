import type { PageData } from "../../../src/report/page/types.ts";
import { Panel } from "../charts/panel.tsx";
import type { TimeLink } from "../charts/time-link.ts";
import { figure, formatCount, formatNumber } from "../lib/format.ts";
import { panelsOf, TOKENS } from "../lib/panels.ts";
import { Section } from "./section.tsx";

/** Tokens in and out, and how evenly they came. */
export function Tokens({
  data,
  link,
  times,
}: {
  readonly data: PageData;
  readonly link: TimeLink;
  readonly times: readonly number[];
}) {
  return (
    <Section id="tokens" title="Tokens and gaps" says={says(data)}>
      {panelsOf(data, TOKENS).map((spec) => (
        <Panel spec={spec} times={times} link={link} key={spec.id} />
      ))}
    </Section>
  );
}

const SOURCES = {
  server: "counted by the server",
  tokenizer: "counted by a tokenizer, not by the server",
  mixed: "counted partly by a tokenizer",
};

function says({ summary }: PageData): string {
  const { tokens, metrics } = summary.total;
  const { input, cached, output, source } = tokens;
  if (output === undefined && input === undefined) return "No token was counted.";
  const { itl } = metrics;
  const parts = [
    `${formatCount(input ?? 0)} tokens in${cached === undefined || input === undefined || input === 0 ? "" : `, ${formatNumber((cached / input) * 100)} % of them from the prefix cache`}, ${formatCount(output ?? 0)} out${source === undefined ? "" : `, ${SOURCES[source]}`}.`,
    ...(itl?.p99 === undefined
      ? []
      : [
          `99 % of ${formatCount(itl.n)} gaps between tokens were shorter than ${figure(itl.p99, "ms")}; the longest was ${figure(itl.max, "ms")}.`,
        ]),
  ];
  return parts.join(" ");
}
