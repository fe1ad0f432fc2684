import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { Formula } from "../../../src/report/page/types.ts";
import { formatCount } from "../lib/format.ts";

interface Props {
  readonly title: string;
  /** Samples behind the figure. */
  readonly n?: number;
  readonly of?: string;
  readonly formulas?: readonly (Formula | undefined)[];
  /** Beside the title: what the figure shows, to choose. */
  readonly choice?: ComponentChildren;
  readonly caption?: ComponentChildren;
  readonly table?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A figure with its title, its n, its formulas for whoever points at it, and a table of what it draws. */
export function Figure({ title, n, of = "attempts", formulas = [], choice, caption, table, children }: Props) {
  return (
    <figure class="figure" aria-label={title}>
      <div class="figure-head">
        <h3>{title}</h3>
        {n === undefined ? null : (
          <span class="n">
            n = {formatCount(n)} {of}
          </span>
        )}
        <FormulaTip title={title} formulas={formulas} />
        {choice}
      </div>
      {children}
      {caption === undefined ? null : <figcaption>{caption}</figcaption>}
      {table === undefined ? null : (
        <details class="figure-table">
          <summary>Table</summary>
          <div class="scroll">{table}</div>
        </details>
      )}
    </figure>
  );
}

/** A button that shows how figures are worked out while it is pointed at or focused. */
export function FormulaTip({
  title,
  formulas,
}: {
  readonly title: string;
  readonly formulas: readonly (Formula | undefined)[];
}) {
  const id = useId();
  const known = formulas.filter((formula) => formula !== undefined);
  if (known.length === 0) return null;
  return (
    <>
      <button type="button" class="tip-button" aria-label={`How ${title} is worked out`} aria-describedby={id}>
        i
      </button>
      <div class="tip" role="tooltip" id={id}>
        <dl>
          {known.map(({ title: name, formula, unit, counts }) => (
            <>
              <dt>{name}</dt>
              <dd>
                {formula}; {unit}
                {counts === undefined ? "" : `. Counts ${counts}`}.
              </dd>
            </>
          ))}
        </dl>
      </div>
    </>
  );
}
