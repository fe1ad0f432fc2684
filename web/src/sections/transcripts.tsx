import { useState } from "preact/hooks";
import type { PageData } from "../../../src/report/page/types.ts";
import { clockText, counted, figure } from "../lib/format.ts";
import { Player } from "./player.tsx";
import { Section } from "./section.tsx";

/** Some of the answers, replayed with the timing that their users saw. */
export function Transcripts({ data }: { readonly data: PageData }) {
  const { transcripts, textsKept } = data;
  const [chosen, choose] = useState(0);
  const talk = transcripts[chosen];
  return (
    <Section
      id="transcripts"
      title="Answers as users saw them"
      says={
        talk === undefined
          ? "The run kept no texts. Set `generator.texts` and `generator.gaps` in the plan to a share of the attempts, and they can be read and replayed here."
          : `${counted(transcripts.length, "attempt")} of ${counted(textsKept, "attempt")} whose texts were kept: of each persona and outcome those with a typical wait, and the longest waits of all.`
      }
    >
      {talk === undefined ? null : (
        <div class="talks">
          <fieldset class="talk-list" style={{ margin: 0, padding: 0, border: 0 }}>
            <legend class="hidden">Choose an attempt</legend>
            {transcripts.map(({ session, turn, attempt, persona, outcome, stage, at, ttft, end }, i) => (
              <label key={`${session} ${turn} ${attempt}`}>
                <input type="radio" name="talk" checked={i === chosen} onChange={() => choose(i)} />
                <span>{persona}</span>
                <span>{figure(ttft ?? end, "ms")}</span>
                <small>
                  {outcome} · {stage}, {clockText(at)} · turn {turn + 1}
                  {attempt > 0 ? `, retry ${attempt}` : ""}
                </small>
              </label>
            ))}
          </fieldset>
          <Player talk={talk} key={chosen} />
        </div>
      )}
    </Section>
  );
}
