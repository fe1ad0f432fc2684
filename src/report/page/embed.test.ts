import fc from "fast-check";
import { expect, test } from "vitest";
import { embeddedJson, escapedText, filled } from "./embed.ts";

test("no text of a run can leave the element in which the data stands, and all of it comes back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const json = embeddedJson({ [text]: [text, `${text}</script><!--`] });
      expect(json).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.parse(json)).toEqual({ [text]: [text, `${text}</script><!--`] });
    }),
  );
});

test("data that looks like the template's own places, or like a replacement pattern, is not filled in again", () => {
  const template = '<title>plimsoll:title</title><script>"plimsoll:data"</script>';
  const text = '$& $1 plimsoll:title "plimsoll:data"';
  const page = filled(template, { title: escapedText("$& <b>"), data: embeddedJson({ text }) });
  expect(page).toBe(`<title>$&amp; &lt;b&gt;</title><script>${embeddedJson({ text })}</script>`);
});
