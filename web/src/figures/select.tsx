import type { Options } from "./options.ts";

/** One of a few, beside a figure's title. */
export function Select({ name, options, chosen, onChoose }: Options) {
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
