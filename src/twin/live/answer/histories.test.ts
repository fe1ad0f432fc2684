import { expect, test } from "vitest";
import { Histories } from "./histories.ts";

const said = (content: string) => [{ role: "user", content }];

test("the least recently used conversation is forgotten when there are too many, or too much text", () => {
  const few = new Histories(2, 1000);
  for (const name of ["a", "b"]) few.keep(name, said(name));
  expect(few.of("a")).toEqual(said("a"));
  few.keep("c", said("c"));
  expect([few.of("a"), few.of("b"), few.of("c")]).toEqual([said("a"), undefined, said("c")]);
  const short = new Histories(100, 10);
  short.keep("a", said("12345"));
  short.keep("b", said("12345"));
  short.keep("b", said("1234567"));
  expect([short.of("a"), short.of("b")]).toEqual([undefined, said("1234567")]);
});

test("messages stay the same objects, so that a prompt knows them again", () => {
  const histories = new Histories(2, 1000);
  const messages = said("x");
  histories.keep("a", messages);
  expect(histories.of("a")?.[0]).toBe(messages[0]);
});
