import type { SpanNote } from "../../stack/types.ts";
import type { TraceParent } from "../http/caller.ts";
import { type AttributeValue, attributesOf, type OtlpSpan, SPAN_KIND, STATUS, unixNano } from "./otlp.ts";
import { STAGE_SPANS } from "./stages.ts";

/** One request as it was served. Times in ms of the kernel. */
export interface ServedRequest {
  readonly id: string;
  /** `POST /v1/chat/completions` */
  readonly route: string;
  readonly operation: "chat" | "text_completion" | "embeddings";
  readonly parent: TraceParent | undefined;
  readonly from: number;
  readonly to: number;
  readonly model: string;
  readonly session: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly maxTokens: number | undefined;
  readonly finish: string | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
  readonly notes: readonly SpanNote[];
}

export interface TraceContext {
  /** Unix time of the kernel's zero, ms. */
  readonly zero: number;
  /** `count` random bytes in hex. */
  readonly randomHex: (count: number) => string;
  /** The entry is itself an engine: its own span is the request's, as with a bare vLLM. */
  readonly bare: boolean;
}

/** One pass through an engine: its stages' notes follow each other. */
interface EngineVisit {
  readonly notes: SpanNote[];
}

/**
 * The spans of one request: one for the request (SERVER, child of the caller's span), one for each stage of the stack, and for each visit of an engine
 * `chat MODEL` (CLIENT) with vLLM's `llm_request` (SERVER) and its queue, prefill and decode below it.
 */
export function traceOf(request: ServedRequest, context: TraceContext): OtlpSpan[] {
  const traceId = request.parent?.traceId ?? context.randomHex(16);
  const spans: OtlpSpan[] = [];
  const add = (
    parent: string | undefined,
    span: { name: string; kind: number; from: number; to: number; error?: string | undefined },
    attributes: Readonly<Record<string, AttributeValue | undefined>>,
  ): string => {
    const spanId = context.randomHex(8);
    spans.push({
      traceId,
      spanId,
      ...(parent === undefined ? {} : { parentSpanId: parent }),
      name: span.name,
      kind: span.kind,
      startTimeUnixNano: unixNano(context.zero + span.from),
      endTimeUnixNano: unixNano(context.zero + Math.max(span.from, span.to)),
      attributes: attributesOf({ ...attributes, "error.type": span.error }),
      status: span.error === undefined ? { code: STATUS.unset } : { code: STATUS.error, message: span.error },
    });
    return spanId;
  };
  const caller = request.parent?.spanId;
  const { visits, others } = sorted(request.notes);
  const bare = context.bare && visits.length <= 1 && others.length === 0;
  const root = bare
    ? caller
    : add(
        caller,
        { name: request.route, kind: SPAN_KIND.server, from: request.from, to: request.to, error: request.error?.code },
        { ...common(request), "gen_ai.operation.name": request.operation },
      );
  const containers = others.filter(({ stage }) => stage === "app").map((note) => ({ note, id: "" }));
  const parentOf = (note: { readonly from: number; readonly to: number }): string | undefined =>
    containers.findLast((each) => each.id !== "" && each.note.from <= note.from && note.to <= each.note.to)?.id ?? root;
  for (const note of others) {
    const { kind, name, attributes } = STAGE_SPANS[note.stage];
    const id = add(
      parentOf(note),
      { name: name(note), kind, from: note.from, to: note.to, error: note.error },
      { "plimsoll.stage": note.stage, "plimsoll.part": note.part, ...attributes(note), ...note.attributes },
    );
    const container = containers.find((each) => each.note === note);
    if (container !== undefined) container.id = id;
  }
  for (const { notes } of bare && visits.length === 0 ? [{ notes: [] }] : visits) {
    const from = notes[0]?.from ?? request.from;
    const to = notes.at(-1)?.to ?? request.to;
    const parent = bare
      ? root
      : add(
          parentOf({ from, to }),
          { name: `${request.operation} ${request.model}`, kind: SPAN_KIND.client, from, to },
          { "gen_ai.operation.name": request.operation, "gen_ai.request.model": request.model },
        );
    const error = notes.find((note) => note.error !== undefined)?.error ?? (bare ? request.error?.code : undefined);
    const span = add(
      parent,
      { name: "llm_request", kind: SPAN_KIND.server, from, to, error },
      {
        ...(visits.length <= 1 ? common(request) : {}),
        ...latencies(notes, from, to),
        "plimsoll.part": notes[0]?.part,
      },
    );
    for (const note of notes) {
      add(
        span,
        { name: note.stage, kind: SPAN_KIND.internal, from: note.from, to: note.to, error: note.error },
        { "plimsoll.stage": note.stage, "plimsoll.part": note.part, ...note.attributes },
      );
    }
  }
  return spans;
}

function common(request: ServedRequest): Readonly<Record<string, AttributeValue | undefined>> {
  return {
    "gen_ai.request.id": request.id,
    "gen_ai.request.model": request.model,
    "gen_ai.response.model": request.model,
    "gen_ai.request.max_tokens": request.maxTokens,
    "gen_ai.conversation.id": request.session,
    "gen_ai.usage.prompt_tokens": request.inputTokens,
    "gen_ai.usage.completion_tokens": request.outputTokens,
    "gen_ai.usage.input_tokens": request.inputTokens,
    "gen_ai.usage.output_tokens": request.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": request.cachedTokens,
    "gen_ai.response.finish_reasons": request.finish === undefined ? undefined : [request.finish],
  };
}

/** vLLM's attributes, in seconds, as far as the notes tell them. */
function latencies(notes: readonly SpanNote[], from: number, to: number): Readonly<Record<string, number | undefined>> {
  const spent = (stage: string): number | undefined => {
    const own = notes.filter((note) => note.stage === stage);
    return own.length === 0 ? undefined : own.reduce((sum, note) => sum + note.to - note.from, 0) / 1000;
  };
  const prefill = notes.findLast(({ stage }) => stage === "llm.prefill");
  const [inPrefill, inDecode] = [spent("llm.prefill"), spent("llm.decode")];
  return {
    "gen_ai.latency.time_in_queue": spent("llm.queue"),
    "gen_ai.latency.time_to_first_token": prefill === undefined ? undefined : (prefill.to - from) / 1000,
    "gen_ai.latency.e2e": (to - from) / 1000,
    "gen_ai.latency.time_in_model_prefill": inPrefill,
    "gen_ai.latency.time_in_model_decode": inDecode,
    "gen_ai.latency.time_in_model_inference": inPrefill === undefined ? undefined : inPrefill + (inDecode ?? 0),
  };
}

/** Rounding of two sums of times. */
const CLOSE = 1e-6;

/** Notes of engines by visit (each begins where the one before it ended, in the same part), and the others, longest first where they begin together. */
function sorted(notes: readonly SpanNote[]): { readonly visits: EngineVisit[]; readonly others: SpanNote[] } {
  const inOrder = [...notes].sort((a, b) => a.from - b.from || b.to - a.to);
  const engine = [...notes]
    .sort((a, b) => a.from - b.from || a.to - b.to)
    .filter(({ stage }) => stage.startsWith("llm."));
  const visits: EngineVisit[] = [];
  for (const note of engine) {
    const open = visits.find(({ notes: own }) => {
      const last = own.at(-1);
      return (
        last !== undefined &&
        last.part === note.part &&
        Math.abs(last.to - note.from) < CLOSE &&
        note.stage !== "llm.queue"
      );
    });
    if (open === undefined) visits.push({ notes: [note] });
    else open.notes.push(note);
  }
  return { visits, others: inOrder.filter(({ stage }) => !stage.startsWith("llm.")) };
}
