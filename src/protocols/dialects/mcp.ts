import { completeUrl } from "../../base/index.ts";
import { errorMessage } from "../errors.ts";
import { listOf, member, textMember } from "../members.ts";
import { packageVersion } from "../version.ts";
import type { WholeAnswer } from "../whole-answer.ts";
import type { AnswerRules, Dialect, Opening } from "./dialect.ts";
import { STREAM_RULES, WHOLE_RULES } from "./rules.ts";
import { wantedPaths } from "./slots.ts";
import { compileTemplate } from "./template.ts";

/** What is asked for; the server may answer with another that it speaks. */
const PROTOCOL_VERSION = "2025-06-18";

/** A server answers with JSON or with events of which one is the answer, as it likes. */
const rulesWith = (whole: (message: unknown) => WholeAnswer | undefined): AnswerRules => ({
  ...WHOLE_RULES,
  countsUsage: false,
  whole,
  otherwise: {
    ...STREAM_RULES,
    countsUsage: false,
    finishEnds: true,
    paths: wantedPaths({ whole: "$" }),
    whole,
  },
});

const OPENING: Opening = {
  steps: [
    {
      name: "initialize",
      body: message({
        id: "initialize",
        method: "initialize",
        params: {
          protocolVersion: PROTOCOL_VERSION,
          capabilities: {},
          clientInfo: { name: "plimsoll", version: packageVersion() },
        },
      }),
      rules: rulesWith((answer) => answerOf(answer, (result) => ({ text: textMember(result, "protocolVersion") }))),
    },
    { name: "initialized", body: message({ method: "notifications/initialized" }), rules: rulesWith(() => undefined) },
  ],
  headers: ({ text, session }) => ({
    ...(text === "" ? {} : { "mcp-protocol-version": text }),
    ...(session === "" ? {} : { "mcp-session-id": session }),
  }),
};

/** Calls of an MCP server's tools over streamable HTTP. A session of the plan is a session of the protocol. */
export const mcp: Dialect = {
  name: "mcp",
  prepare(target) {
    const params = compileTemplate(target.request ?? {});
    return {
      url: completeUrl(new URL(target.url), "mcp"),
      rules: rulesWith((answer) => answerOf(answer, readResult)),
      headers: { accept: "application/json, text/event-stream" },
      opening: OPENING,
      body: (turn) =>
        `{"jsonrpc":"2.0","id":"${turn.turn}.${turn.attempt}","method":"tools/call","params":${params(turn)}}`,
    };
  },
};

function message(fields: object): string {
  return JSON.stringify({ jsonrpc: "2.0", ...fields });
}

/** Undefined for a message that is no answer: a notification of progress, a log line. */
function answerOf(answer: unknown, read: (result: unknown) => WholeAnswer): WholeAnswer | undefined {
  const error = member(answer, "error");
  if (error !== undefined) return { error: errorMessage(error) ?? "error", done: true };
  const result = member(answer, "result");
  return result === undefined ? undefined : { ...read(result), done: true };
}

/** The texts of a tool's result; a result that is an error is told as one. What is not text stays the JSON that it is. */
function readResult(result: unknown): WholeAnswer {
  const texts = listOf(member(result, "content")).map((part) => textMember(part, "text") ?? JSON.stringify(part));
  const structured = member(result, "structuredContent");
  const text = texts.length === 0 && structured !== undefined ? JSON.stringify(structured) : texts.join("\n");
  return member(result, "isError") === true ? { error: text === "" ? "isError" : text } : { text };
}
