import type { AnswerForm } from "./dialect.ts";

interface FormEntry {
  /** What a request says that it takes. */
  readonly accept: string;
  /** Media types of such a body. */
  readonly types: RegExp;
}

const TEXT = /^text\/(plain|markdown)$|^application\/octet-stream$/;
const LINES =
  /^(application|text)\/(x-)?(ndjson|jsonl|json-seq|jsonlines|json|plain|stream\+json)$|^application\/(stream\+json|octet-stream)$/;

const FORMS: Readonly<Record<AnswerForm, FormEntry>> = {
  sse: { accept: "text/event-stream", types: /^text\/event-stream$/ },
  ndjson: { accept: "application/x-ndjson", types: LINES },
  lines: { accept: "text/plain", types: /^text\/plain$/ },
  text: { accept: "text/plain", types: TEXT },
  messages: { accept: "*/*", types: /^$/ },
  json: { accept: "application/json", types: /[/+]json$/ },
};

export function acceptOf(form: AnswerForm): string {
  return FORMS[form].accept;
}

/** Whether a body of this media type (lower case, no parameters) can be of the form. */
export function acceptsType(form: AnswerForm, type: string): boolean {
  return FORMS[form].types.test(type);
}
