import type { PlanInput } from "../../plan/index.ts";
import { BOUNDS } from "./bounds.ts";
import { choose, questionsOf } from "./choose.ts";
import { personasOf } from "./personas.ts";
import type { SecretsTaken } from "./secrets.ts";
import { targetOf } from "./target.ts";
import type { Call, Draft, Left } from "./types.ts";

/** A plan on its way: texts still hold references as {@link reference} marks them. */
export interface Assembled {
  readonly input: PlanInput;
  /** Section to where it comes from. */
  readonly from: Readonly<Record<string, string>>;
  readonly left: readonly Left[];
}

const WITHOUT_STAGES = [{ steady: "30s", at: "1/s" }];

/** Makes a plan of what an importer read; undefined where no request asks an AI application anything. */
export function assemble(draft: Draft, secrets: SecretsTaken): Assembled | undefined {
  const calls = draft.calls.slice(0, BOUNDS.calls);
  const { calls: asking, left } = choose(calls);
  // Twice, since the first texts are looked at before the last have told what is secret.
  const clean = asking.slice(0, BOUNDS.questions).map((call) => withoutSecrets(call, secrets));
  const questions = questionsOf(clean.map((call) => withoutSecrets(call, secrets)));
  const found = targetOf(questions);
  if (found === undefined) return undefined;
  const { personas, left: unasked } = personasOf(questions);
  const places = [...new Set(questions.map(({ call }) => call.place))];
  const from = `${places.slice(0, 3).join(", ")}${places.length > 3 ? ` and ${places.length - 3} more` : ""}`;
  const stages = draft.stages?.value.slice(0, BOUNDS.stages);
  const slo = draft.slo.slice(0, BOUNDS.limits);
  return {
    input: {
      target: found.target,
      workload: { personas: [...personas] },
      stages: stages === undefined || stages.length === 0 ? WITHOUT_STAGES : [...stages],
      ...(slo.length === 0 ? {} : { slo: slo.map(({ limit }) => limit) }),
    },
    from: {
      target: from,
      workload: from,
      stages: draft.stages === undefined || draft.stages.value.length === 0 ? "" : draft.stages.from,
      slo: [...new Set(slo.map((limit) => limit.from))].join(", "),
    },
    left: [
      ...(asking.length > BOUNDS.questions ? [tooMany(asking.length, BOUNDS.questions)] : []),
      ...(calls.length < draft.calls.length ? [tooMany(draft.calls.length, BOUNDS.calls)] : []),
      ...draft.left,
      ...found.left,
      ...unasked,
      ...left,
    ],
  };
}

const tooMany = (count: number, most: number): Left => ({
  place: "",
  what: `requests beyond the first ${most} of ${count}`,
});

function withoutSecrets(call: Call, secrets: SecretsTaken): Call {
  return {
    ...call,
    url: secrets.url(call.url),
    headers: Object.fromEntries(
      Object.entries(call.headers).map(([name, value]) => [name, secrets.header(name, value)]),
    ),
    ...(call.body === undefined ? {} : { body: secrets.body(call.body) }),
  };
}
