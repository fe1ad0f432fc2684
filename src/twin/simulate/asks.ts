import { PROTOCOL_TABLE } from "../../base/index.ts";
import type { Json, Target } from "../../plan/index.ts";

/** What every request of a target asks beside its messages, as a front end would read it from the wire. */
export interface Asks {
  /** Undefined: the stack's own. */
  readonly model: string | undefined;
  readonly maxTokens: number | undefined;
  /** The plan's parameters set the cap, whatever the turn says. */
  readonly ownLimit: boolean;
  readonly minTokens: number | undefined;
  readonly ignoreEos: boolean;
  /** A schema, `true` for any object, undefined for plain text. */
  readonly json: unknown;
  readonly priority: number;
  readonly key: string | undefined;
  readonly region: string | undefined;
  /** Requests name their session: their own, or one for all of them. */
  readonly session: "own" | "none" | { readonly fixed: string };
  /** The conversation comes with each request; otherwise the application keeps it, without a system prompt. */
  readonly sendsMessages: boolean;
}

/** Names of the cap, the first that is there counts. */
const LIMITS = ["max_completion_tokens", "max_tokens", "max_output_tokens"] as const;

export function asksOf({ protocol, parameters = {}, headers: written, model, request }: Target): Asks {
  const headers = new Map(Object.entries(written).map(([name, value]) => [name.toLowerCase(), value]));
  const number = (name: string): number | undefined => {
    const value = parameters[name];
    return typeof value === "number" ? value : undefined;
  };
  const word = (...names: readonly string[]): string | undefined =>
    names.map((name) => parameters[name]).find((value) => typeof value === "string");
  const own = PROTOCOL_TABLE[protocol].body !== "template" && request === undefined;
  const fixed = headers.get("x-session-id") ?? word("prompt_cache_key", "user", "safety_identifier");
  const template = JSON.stringify(request ?? null);
  return {
    model: word("model") ?? model,
    ownLimit: LIMITS.some((name) => name in parameters),
    maxTokens: LIMITS.map(number).find((limit) => limit !== undefined),
    minTokens: number("min_tokens"),
    ignoreEos: parameters["ignore_eos"] === true,
    json: jsonOf(parameters["response_format"]),
    priority: priorityOf(headers.get("x-priority")) ?? number("priority") ?? 0,
    key: /^bearer\s+(.+)$/i.exec(headers.get("authorization") ?? "")?.[1] ?? headers.get("x-api-key"),
    region: headers.get("x-region"),
    session: fixed !== undefined ? { fixed } : !own && template.includes("{{session.id}}") ? "own" : "none",
    sendsMessages: own || template.includes("{{messages}}"),
  };
}

function priorityOf(header: string | undefined): number | undefined {
  const value = Number(header);
  return header !== undefined && Number.isInteger(value) ? value : undefined;
}

function jsonOf(format: Json | undefined): unknown {
  const type = member(format, "type");
  if (type === "json_object") return true;
  return type === "json_schema" ? (member(member(format, "json_schema"), "schema") ?? true) : undefined;
}

function member(json: Json | undefined, name: string): Json | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  return Object.entries(json).find(([key]) => key === name)?.[1];
}
