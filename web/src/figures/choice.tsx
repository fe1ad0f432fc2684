/** One of a few, as buttons. */
export function Choice({
  name,
  options,
  chosen,
  onChoose,
}: {
  readonly name: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly chosen: string | undefined;
  readonly onChoose: (value: string) => void;
}) {
  return (
    <fieldset class="chips">
      <legend class="hidden">{name}</legend>
      {options.map(({ value, text }) => (
        <button
          type="button"
          class="button"
          aria-pressed={value === chosen}
          onClick={() => onChoose(value)}
          key={value}
        >
          {text}
        </button>
      ))}
    </fieldset>
  );
}
