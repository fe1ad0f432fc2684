import type { ComponentChildren } from "preact";
import type { PageData } from "../../../src/report/page/types.ts";
import { GivesWay } from "./gives-way.tsx";
import { headlineOf } from "./headline.ts";
import { keyFigures } from "./keys.ts";
import { Mark } from "./mark.tsx";
import { hasLines } from "./mark-layout.ts";
import { NoMark } from "./no-mark.tsx";
import { Trust } from "./trust.tsx";
import { Word } from "./word.tsx";

/** A piece of a plan in braces, to be copied, is not broken over lines, and no figure is parted from its percent sign. */
function whole(sentence: string): readonly ComponentChildren[] {
  return sentence
    .split(/(\{[^}]*\})/)
    .map((piece, i) => (piece.startsWith("{") ? <code key={i}>{piece}</code> : piece.replaceAll(" %", "\u00a0%")));
}

/** May we launch, how much does it carry, what gives way first, can I believe it: in this order, without scrolling. */
export function FirstScreen({ data }: { readonly data: PageData }) {
  const { word, because, settle } = data.verdict.verdict;
  return (
    <section class="first" id="verdict" aria-label="Verdict">
      <div class="answer-first">
        <Word word={word} />
        <h1>{headlineOf(data)}</h1>
        {because.slice(0, 2).map((sentence) => (
          <p class="lead" key={sentence}>
            {whole(sentence)}
          </p>
        ))}
        {settle === undefined ? null : <p class="settle">{whole(`What would settle it: ${settle}`)}</p>}
        <dl class="keys">
          {keyFigures(data).map(({ value, words }) => (
            <div key={words}>
              <dt>{words}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      {hasLines(data) ? <Mark data={data} /> : <NoMark data={data} />}
      <div class="answer-then">
        <GivesWay data={data} />
        <Trust data={data} />
      </div>
    </section>
  );
}
