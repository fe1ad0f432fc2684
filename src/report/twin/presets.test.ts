import { expect, test } from "vitest";
import { PRESET_NAMES, presetNamed } from "../../twin/index.ts";
import { renderPreset, renderPresets } from "./presets.ts";

const all = PRESET_NAMES.flatMap((name) => presetNamed(name) ?? []);
const options = { width: 100, color: false };

test("every engine that a stack can name is listed, within the terminal's width, with where its step times come from", () => {
  const lines = renderPresets(all, options).split("\n");
  for (const { name, costsOrigin } of all) {
    expect(lines.find((line) => line.trim().startsWith(`${name} `))?.trimEnd()).toMatch(new RegExp(`${costsOrigin}$`));
  }
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

test("a batch that an engine never runs has no step time", () => {
  const small = all.filter(({ spec }) => spec.maxSeqs < 64);
  expect(small.length).toBeGreaterThan(0);
  for (const preset of small) expect(renderPreset(preset, options)).toMatch(/a step of 64 +– \(it runs/);
});

test.each(all.map((preset) => [preset.name, preset] as const))(
  "%s is shown with every source of its numbers",
  (_, preset) => {
    const text = renderPreset(preset, options).replaceAll(/\s+/g, " ");
    for (const source of preset.sources) expect(text).toContain(source.replaceAll(/\s+/g, " "));
    for (const [name, value] of Object.entries(preset.spec.costs))
      if (value === 0) expect(text).toContain(`${name} 0 `);
  },
);
