import { type RunManifest, sqlList } from "../record/index.ts";
import { keyOf } from "./scope.ts";

/** The cells that every scope is made of: one of each stage and persona, and of rows that name neither. */
export interface Grouping {
  readonly stages: readonly string[];
  readonly personas: readonly string[];
  readonly cells: number;
  /** Each scope with its cells; rows of no known stage or persona count in the whole run only. */
  readonly scopes: readonly { readonly key: string; readonly cells: readonly number[] }[];
}

export function groupingOf(manifest: RunManifest): Grouping {
  const stages = manifest.stages.map(({ name }) => name);
  const personas = manifest.workload.personas.map(({ name }) => name);
  const wide = personas.length + 1;
  const cells = (stages.length + 1) * wide;
  const all = Array.from({ length: cells }, (_, cell) => cell);
  const within = (stage: number, persona: number): number[] =>
    all.filter(
      (cell) => (stage === 0 || Math.floor(cell / wide) === stage) && (persona === 0 || cell % wide === persona),
    );
  const scopes = [undefined, ...stages].flatMap((stage, i) =>
    [undefined, ...personas].map((persona, j) => ({ key: keyOf(stage, persona), cells: within(i, j) })),
  );
  return { stages, personas, cells, scopes };
}

/** SQL for the cell of a row of `samples`, a DOUBLE. */
export function cellSql({ stages, personas }: Grouping): string {
  const place = (names: readonly string[], column: string): string =>
    `coalesce(list_position([${sqlList(names)}]::VARCHAR[], ${column}), 0)`;
  return `(${place(stages, "stage")} * ${personas.length + 1} + ${place(personas, "persona")})::DOUBLE`;
}
