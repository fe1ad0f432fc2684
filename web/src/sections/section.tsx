import type { ComponentChildren } from "preact";

/** A part of the page that can be linked to: a heading, and a sentence that says what it shows in this run. */
export function Section({
  id,
  title,
  says,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly says: ComponentChildren;
  readonly children?: ComponentChildren;
}) {
  return (
    <section class="section" id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>
        <a href={`#${id}`}>{title}</a>
      </h2>
      <p class="says">{says}</p>
      {children}
    </section>
  );
}
