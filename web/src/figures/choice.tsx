import type { Options } from "./options.ts";

/** One of a few, as buttons. */
export function Choice({ name, options, chosen, onChoose }: Options) {
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
