import { nearest } from "../did-you-mean.ts";
import { isObject, type Path } from "../path.ts";
import type { Problem } from "../problems.ts";
import type { targetSchema } from "../schema/target.ts";
import { type ProtocolName, REQUEST_PLACEHOLDERS } from "../types.ts";
import type { Context } from "./context.ts";
import { checkHeaders } from "./headers.ts";

export type WrittenTarget = ReturnType<typeof targetSchema.parse>;

/** What the checks of a target need to know. */
interface TargetView {
  readonly written: WrittenTarget;
  readonly cut: ReadonlySet<string>;
  fault(field: string | Path, problem: Omit<Problem, "path">): void;
  warn(code: string, message: string, hint: string): void;
}

/** Whether the fields of a target make sense, alone and together. */
export function checkTarget(
  written: WrittenTarget,
  protocol: ProtocolName | undefined,
  cut: ReadonlySet<string>,
  ctx: Context,
): void {
  const view: TargetView = {
    written,
    cut,
    fault: (field, problem) => {
      ctx.findings.fault({ ...problem, path: ["target", ...(typeof field === "string" ? [field] : field)] });
    },
    warn: (code, message, hint) => {
      ctx.findings.warnings.push({ code, message, hint });
    },
  };
  checkHeaders(written.headers ?? {}, ["target", "headers"], ctx);
  checkPaths(view);
  checkPlaceholders(written.request, ["request"], view);
  checkTrustAndTimes(view);
  if (protocol === "openai-chat") checkOpenAi(view);
  else if (protocol) checkHttp(view, protocol);
}

/** `$`, then any of `.name`, `["name"]`, `[0]`. */
const JSON_PATH = /^\$(?:\.[\p{L}\p{N}_$-]+|\[\d+\]|\["(?:[^"\\]|\\.)*"\]|\['(?:[^'\\]|\\.)*'\])*$/u;

function checkPaths(view: TargetView): void {
  for (const [name, path] of Object.entries(view.written.events ?? {})) {
    if (path === undefined || JSON_PATH.test(path)) continue;
    const hint = "Write a path such as $.choices[0].delta.content.";
    view.fault(["events", name], { code: "PLAN_JSON_PATH", message: "expected a JSON path", hint });
  }
}

function checkPlaceholders(value: unknown, path: Path, view: TargetView): void {
  if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      checkPlaceholders(item, [...path, Array.isArray(value) ? Number(key) : key], view);
    }
  }
  if (typeof value !== "string") return;
  for (const [, name = ""] of value.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)) {
    if (REQUEST_PLACEHOLDERS.some((known) => known === name)) continue;
    const meant = nearest(name, REQUEST_PLACEHOLDERS);
    view.fault(path, {
      code: "PLAN_UNKNOWN_NAME",
      message: `\`{{${name}}}\` is no placeholder`,
      hint: meant ? `Did you mean \`{{${meant}}}\`?` : `Use one of ${REQUEST_PLACEHOLDERS.join(", ")}.`,
    });
  }
}

function checkTrustAndTimes({ written, warn }: TargetView): void {
  if (written.tls?.verify === false) {
    warn(
      "PLAN_TLS_UNVERIFIED",
      "the server's certificate is not verified",
      "Name its authority in target.tls.ca instead.",
    );
  }
  const { firstToken = 30_000, total = 300_000 } = written.timeouts ?? {};
  if (firstToken > total) {
    const message = "target.timeouts.firstToken is longer than total, so it never runs out";
    warn("PLAN_TIMEOUTS", message, "Raise total, or lower firstToken.");
  }
}

function checkOpenAi({ written, cut, fault, warn }: TargetView): void {
  const conflict = { code: "PLAN_CONFLICT", atKey: true, bare: true };
  if (written.request !== undefined) {
    const hint = "Move fields such as temperature to target.parameters.";
    fault("request", { ...conflict, message: "openai-chat writes the body itself", hint });
  }
  if (written.events !== undefined) {
    const hint = "Remove events, or use protocol: http-sse.";
    fault("events", { ...conflict, message: "openai-chat knows where its answers are", hint });
  }
  if (written.method !== undefined && written.method !== "POST") {
    fault("method", { code: "PLAN_CONFLICT", message: "openai-chat is asked by POST", hint: "Remove method." });
  }
  if (written.model === undefined && !cut.has("model")) {
    const message = "target.model is missing; most OpenAI-compatible servers need it";
    warn("PLAN_NO_MODEL", message, "Add `model:` with a name that GET /v1/models lists.");
  }
}

function checkHttp({ written, cut, fault }: TargetView, protocol: ProtocolName): void {
  if (written.parameters !== undefined) {
    const message = `${protocol} takes its whole body from request`;
    const hint = "Move the fields to target.request.";
    fault("parameters", { code: "PLAN_CONFLICT", message, hint, atKey: true, bare: true });
  }
  if (written.request === undefined && !cut.has("request") && written.method !== "GET") {
    const hint = 'Add `request: { message: "{{turn.prompt}}" }` in the form that the target takes.';
    fault("request", { code: "PLAN_MISSING", message: `${protocol} needs a request body`, hint, bare: true });
  }
  if (written.events === undefined && !cut.has("events")) {
    const message = `${protocol} needs to know where the answer's text is`;
    const hint = 'Add `events: { token: "$.delta" }` with the JSON path in the target\'s answers.';
    fault(["events", "token"], { code: "PLAN_MISSING", message, hint, bare: true });
  }
}
