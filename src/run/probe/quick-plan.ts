import { EXIT, PlimsollError, PROTOCOL_TABLE } from "../../base/index.ts";
import type { PlanInput } from "../../plan/index.ts";
import type { Probed } from "./probe.ts";
import type { FoundTarget } from "./types.ts";

/** The load that `quick` puts on a target unless told otherwise: modest, and just enough answers for a p95. */
export const QUICK_DEFAULTS = { rate: "3/s", for: "30s" } as const;

export interface QuickRequest {
  readonly model?: string;
  /** Sessions a second; `users` in its place makes a closed load. */
  readonly rate?: string;
  readonly users?: number;
  readonly for?: string;
  readonly prompts: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly maxTokens?: number;
  readonly slo: readonly string[];
}

export interface QuickPlan {
  /** What may be printed and saved: header values are references to variables. */
  readonly input: PlanInput;
  /** `NAME=value` of those variables. */
  readonly vars: readonly string[];
  /** The model that was chosen because none was named. */
  readonly chosenModel?: string;
}

/** The plan that a quick test stands for. Throws PlimsollError `QUICK_NO_MODEL` (104) where a model is needed and none is known. */
export function quickPlan(found: Pick<Probed, "target" | "models">, request: QuickRequest): QuickPlan {
  const { target, models } = found;
  const asksModel = PROTOCOL_TABLE[target.protocol].model === "model";
  const model = request.model ?? (asksModel ? models[0] : undefined);
  if (model === undefined && asksModel) {
    throw new PlimsollError(
      { code: "QUICK_NO_MODEL", message: `${target.url} lists no model.`, hint: "Name one with --model." },
      EXIT.planInvalid,
    );
  }
  const headers: Record<string, string> = {};
  const vars: string[] = [];
  for (const [name, value] of Object.entries(request.headers)) {
    const variable = `HEADER_${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_")}`;
    headers[name] = `\${${variable}}`;
    vars.push(`${variable}=${value}`);
  }
  const load = request.users === undefined ? (request.rate ?? QUICK_DEFAULTS.rate) : `${request.users} users`;
  const input: PlanInput = {
    name: `quick ${new URL(target.url).host}`,
    target: {
      ...targetInput(target),
      ...(model === undefined ? {} : { model }),
      ...(vars.length === 0 ? {} : { headers }),
    },
    workload: {
      personas: [
        {
          name: "user",
          prompts: request.prompts.length === 0 ? "mixed" : [...request.prompts],
          turns: 1,
          ...(request.maxTokens === undefined ? {} : { maxTokens: request.maxTokens }),
        },
      ],
    },
    stages: [{ steady: request.for ?? QUICK_DEFAULTS.for, at: load }],
    ...(request.slo.length === 0 ? {} : { slo: [...request.slo] }),
  };
  return { input, vars, ...(request.model === undefined && model !== undefined ? { chosenModel: model } : {}) };
}

function targetInput({ url, protocol, request, events }: FoundTarget): PlanInput["target"] {
  return {
    url,
    protocol,
    ...(request === undefined ? {} : { request: { ...request } }),
    ...(events === undefined ? {} : { events: { ...events } }),
  };
}
