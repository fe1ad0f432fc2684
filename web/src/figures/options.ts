/** One of a few to choose, whatever it is drawn as. */
export interface Options {
  readonly name: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly chosen: string | undefined;
  readonly onChoose: (value: string) => void;
}
