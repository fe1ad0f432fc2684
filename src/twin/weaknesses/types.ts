/** Something that is wrong with a stack on purpose, as one switch. */
export interface Weakness {
  readonly name: string;
  /** One sentence that a product manager understands. */
  readonly title: string;
  /** What gives way first. */
  readonly givesWay: string;
  /** The signal that shows it, and how. */
  readonly shows: string;
  /** The part that a stack must have for it. */
  readonly needs: string;
  /** The changed parts by name; undefined where the stack has nothing that it could be planted in. */
  plant(stack: StackView): Changes | undefined;
}

/** Fields of parts as a stack writes them. They replace the part's own; undefined removes one. */
export type Changes = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface PlantedPart {
  readonly name: string;
  /** As written. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** As checked, in base units, every default filled in. */
  readonly spec: object;
  /** Parts that it names, in its own order. */
  readonly links: readonly string[];
}

export interface StackView {
  /** In the order of the stack. */
  parts(kind: string): readonly PlantedPart[];
  part(name: string): PlantedPart | undefined;
}
