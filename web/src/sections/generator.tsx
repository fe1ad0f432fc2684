import type { PageData } from "../../../src/report/page/types.ts";
import { Panel } from "../charts/panel.tsx";
import type { TimeLink } from "../charts/time-link.ts";
import { GENERATOR, panelsOf } from "../lib/panels.ts";
import { healthWords } from "../verdict/trust.tsx";
import { Section } from "./section.tsx";

/** Whether the load generator's own lateness is in the figures. */
export function Generator({
  data,
  link,
  times,
}: {
  readonly data: PageData;
  readonly link: TimeLink;
  readonly times: readonly number[];
}) {
  const { generator, run, warnings } = data.summary;
  return (
    <Section
      id="generator"
      title="The generator's own health"
      says={
        run.simulated === undefined
          ? `${generator.limited ? `The generator limited the result: ${generator.why.join("; ")}.` : "It kept up, so these figures are the application's."} ${healthWords(data)}`
          : "The run was simulated: nothing was sent, so no generator was measured."
      }
    >
      {panelsOf(data, GENERATOR).map((spec) => (
        <Panel spec={spec} times={times} link={link} key={spec.id} />
      ))}
      {warnings.length === 0 ? null : (
        <>
          <h3 style={{ marginTop: "22px" }}>Warnings</h3>
          <ul class="evidence">
            {warnings.map(({ code, message, hint }) => (
              <li key={`${code} ${message}`} style={{ gridTemplateColumns: "minmax(0, 1fr)" }}>
                <span>
                  {message}
                  <small>
                    {code}
                    {hint === undefined ? "" : ` · ${hint}`}
                  </small>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
