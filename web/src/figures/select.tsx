/** One of a few, beside a figure's title. */
export function Select({
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
    <select class="select" aria-label={name} value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
      {options.map(({ value, text }) => (
        <option value={value} key={value}>
          {text}
        </option>
      ))}
    </select>
  );
}
