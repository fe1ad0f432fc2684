import type { PageData } from "../../../src/report/page/types.ts";

type Word = PageData["verdict"]["verdict"]["word"];

interface Entry {
  readonly text: string;
  /** Its own shape, so that the colour is not needed. */
  readonly path: string;
}

const WORDS: Readonly<Record<Word, Entry>> = {
  go: { text: "GO", path: "M5 11.5l4.2 4.2L17.5 7" },
  "no-go": { text: "NO-GO", path: "M5 11h12" },
  "cannot-tell": { text: "CAN'T TELL", path: "M8 8.5a3 3 0 1 1 4.2 2.8c-.8.4-1.2.8-1.2 1.7M11 15.6v.1" },
  none: { text: "NO VERDICT", path: "M7 11h.1M11 11h.1M15 11h.1" },
};

/** May we launch, in one of three words; none for a run that was not asked. */
export function Word({ word }: { readonly word: Word }) {
  const { text, path } = WORDS[word];
  return (
    <p class={`word ${word}`}>
      <svg viewBox="0 0 22 22" aria-hidden="true">
        <circle cx="11" cy="11" r="10.5" fill="currentColor" />
        <path
          d={path}
          fill="none"
          stroke="var(--paper)"
          stroke-width="2.4"
          stroke-linecap="round"
          stroke-linejoin="round"
        />
      </svg>
      {text}
    </p>
  );
}
