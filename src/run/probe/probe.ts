import { EXIT, PlimsollError } from "../../base/index.ts";
import { assertMayLoad, type ProtocolName } from "../../plan/index.ts";
import { anthropic } from "./detectors/anthropic.ts";
import { http } from "./detectors/http.ts";
import { ollama } from "./detectors/ollama.ts";
import { openai } from "./detectors/openai.ts";
import { ownEndpoint } from "./detectors/own-endpoint.ts";
import { plain } from "./excerpt.ts";
import { isReply, openSender } from "./send.ts";
import type { Detector, FoundTarget, NoReply, ProbeContext } from "./types.ts";

/** From the surest sign to the weakest; the first that finds something is believed. */
const DETECTORS: readonly Detector[] = [ollama, openai, anthropic, ownEndpoint, http];

export interface ProbeOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly iOwnThisTarget?: boolean;
  /** Looks for this one only. */
  readonly protocol?: ProtocolName;
  /** Asked where the probe has to ask. */
  readonly prompt?: string;
  /** ms that one answer may take; default 12 s. */
  readonly answerMs?: number;
}

/** What speaks at a URL, as it was found out. */
export interface Probed {
  readonly what: string;
  readonly evidence: string;
  readonly target: FoundTarget;
  /** Names that the server lists, as it lists them. */
  readonly models: readonly string[];
  readonly notes: readonly string[];
}

const QUESTION = "Say in one sentence what you can help with.";

/**
 * Finds out what speaks at a URL with a few bounded requests. Throws a PlimsollError: exit code 122 where nothing answers, 104 where what
 * answers cannot be driven or may not be loaded.
 */
export async function probe(text: string, options: ProbeOptions = {}): Promise<Probed> {
  const url = readUrl(text);
  await assertMayLoad(url.href, options.iOwnThisTarget ?? false);
  const credentials = takeCredentials(url);
  const { send, close } = await openSender({ ...credentials, ...options.headers }, options.answerMs);
  let lastFailure: NoReply | undefined;
  const context: ProbeContext = {
    url,
    prompt: options.prompt ?? QUESTION,
    async send(request) {
      const sent = await send(request);
      if (isReply(sent)) return sent;
      if (sent.unreachable) throw unreachable(url, sent);
      lastFailure = sent;
      return sent;
    },
  };
  try {
    for (const detector of DETECTORS) {
      if (options.protocol !== undefined && !detector.drives.includes(options.protocol)) continue;
      const detection = await detector.detect(context);
      if (detection === undefined) continue;
      if (detection.kind === "found") {
        if (options.protocol === undefined || detection.target.protocol === options.protocol) return detection;
        throw otherThan(options.protocol, url, detection.evidence, detection.target.protocol);
      }
      throw new PlimsollError(
        {
          code: detection.code,
          message: `${url.href} speaks ${detection.what}: ${plainLine(detection.evidence)}.`,
          hint: detection.hint,
        },
        EXIT.planInvalid,
      );
    }
    if (options.protocol !== undefined && lastFailure === undefined)
      throw otherThan(options.protocol, url, "nothing there answers that way");
  } finally {
    await close();
  }
  throw unreachable(url, lastFailure ?? { unreachable: true, reason: "no answer" });
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new PlimsollError(
      {
        code: "PROBE_URL",
        message: "The target is not an http or https URL.",
        received: text,
        hint: "Write it whole, such as http://127.0.0.1:8000/v1.",
      },
      EXIT.planInvalid,
    );
  }
  url.hash = "";
  return url;
}

/** User and password of the URL go into a header, where no message shows them. */
function takeCredentials(url: URL): Record<string, string> {
  if (url.username === "" && url.password === "") return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = "";
  url.password = "";
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

function otherThan(protocol: ProtocolName, url: URL, evidence: string, found?: ProtocolName): PlimsollError {
  return new PlimsollError(
    {
      code: "PROBE_OTHER_PROTOCOL",
      message: `${url.href} does not seem to speak ${protocol}: ${plainLine(evidence)}.`,
      received: protocol,
      hint:
        found === undefined
          ? "Leave out --protocol to see what speaks there, or write a plan: npx plimsoll init"
          : `Leave out --protocol, or write --protocol ${found}.`,
    },
    EXIT.planInvalid,
  );
}

function unreachable(url: URL, { reason }: NoReply): PlimsollError {
  return new PlimsollError(
    {
      code: "TARGET_UNREACHABLE",
      message: `${url.origin} could not be reached: ${plain(reason)}.`,
      hint: "Check that the server runs and that the host and port are right.",
    },
    EXIT.unreachable,
  );
}

function plainLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]+/gu, " ");
}
