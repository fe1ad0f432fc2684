import { assemble } from "./assemble.ts";
import { IMPORTERS } from "./importers/table.ts";
import { SecretsTaken } from "./secrets.ts";
import { sourceOf } from "./source.ts";
import { unreadable } from "./unreadable.ts";
import { verified } from "./verify.ts";
import { oneLine, unsetOf, writePlan } from "./write.ts";

export { readSource } from "./source.ts";

export interface Imported {
  /** The plan, as YAML. */
  readonly yaml: string;
  /** `a HAR file of 12 requests` */
  readonly what: string;
  /** What could not be carried over, one line each. */
  readonly left: readonly string[];
  /** Variables to set before use. */
  readonly variables: readonly string[];
}

/**
 * Makes a plan of a HAR, an OpenAPI document, curl commands, an Artillery, k6 or Locust script, recognised by its content. Nothing of the file
 * is run, fetched or opened, and no secret of it is written. Throws PlimsollError `INIT_UNKNOWN`, `INIT_UNREADABLE`, `INIT_NO_REQUEST` (104).
 */
export async function planFrom(name: string, text: string): Promise<Imported> {
  const source = sourceOf(name, text);
  const importer = IMPORTERS.find((known) => known.recognises(source));
  if (importer === undefined) {
    throw unreadable(
      name,
      "the file is none that a plan can be made of",
      `Name a ${IMPORTERS.map((known) => known.title).join(", a ")}.`,
    );
  }
  const draft = await importer.read(source);
  const secrets = new SecretsTaken();
  const assembled = assemble(draft, secrets);
  if (assembled === undefined) {
    const hint =
      "Name a file with a request that asks an AI application something: a JSON body with messages or a prompt.";
    throw unreadable(name, `${draft.what} holds no request that a plan can be made of`, hint);
  }
  const { input, left } = verified(assembled.input);
  const all = [...assembled.left, ...left];
  const yaml = writePlan({ ...assembled, input, left: all, what: draft.what, file: name, secrets: secrets.values });
  return {
    yaml,
    what: draft.what,
    left: all.map(({ place, what }) => oneLine(place === "" ? what : `${place}: ${what}`)),
    variables: [...new Set(unsetOf(input))].toSorted(),
  };
}
