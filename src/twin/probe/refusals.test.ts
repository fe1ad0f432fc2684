import { afterEach, describe, expect, it } from "vitest";
import { contextIn } from "./failures.ts";
import { findingsOf, type ProbeResult, probeEngine } from "./index.ts";
import { modelsOf } from "./pages.ts";
import { type Asked, type Refusal, type SmallServer, smallServer } from "./test/small-server.ts";

const CONTEXT = 600;
const servers: SmallServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function probed(
  refuse: (asked: Asked) => Refusal | undefined,
  over: { readonly tell?: (text: string) => void; readonly stop?: AbortSignal } = {},
): Promise<ProbeResult> {
  const server = await smallServer(refuse);
  servers.push(server);
  return probeEngine({
    url: server.url,
    headers: {},
    iOwnThisTarget: false,
    budget: { ms: 60_000, requests: 80, tokens: 200_000 },
    maxPrompt: 4096,
    seed: 1,
    tell: () => undefined,
    ...over,
  });
}

function longest({ file }: ProbeResult): number {
  return Math.max(...file.episodes.flatMap(({ requests }) => requests.map(({ inputTokens }) => inputTokens ?? 0)));
}

describe("a probe of a server that refuses long prompts", () => {
  it("learns the context from the refusal, leaves room for the answer, and measures everything a fit needs", async () => {
    const result = await probed(({ tokens, maxTokens }) =>
      tokens + maxTokens > CONTEXT
        ? {
            status: 400,
            message: `This model's maximum context length is ${CONTEXT} tokens. However, you asked for more.`,
          }
        : undefined,
    );
    expect(result.file.settings.maxModelLen).toBe(CONTEXT);
    expect(longest(result)).toBeGreaterThan(CONTEXT / 2);
    const { firstToken, idleGap, prefix } = findingsOf(result.file);
    expect([firstToken, idleGap, prefix]).not.toContain(undefined);
    expect(result.file.notes.join("\n")).toMatch(
      /the server refused a prompt of 4,096 tokens: its context is 600; prompts of up to \d+ tokens were used/,
    );
  });

  it("halves the prompt where the refusal names no number, and says what the server said", async () => {
    const result = await probed(({ tokens }) =>
      tokens > CONTEXT ? { status: 413, message: "Too much text." } : undefined,
    );
    expect(longest(result)).toBe(512);
    expect(findingsOf(result.file).firstToken).toBeDefined();
    expect(result.file.notes.join("\n")).toContain('refused a prompt of 1,024 tokens (413: "Too much text.")');
  });
});

describe("an experiment that fails", () => {
  it("ends no other, and is named with its status and the server's words", async () => {
    let open = 0;
    const result = await probed(({ maxTokens }) => {
      // Refuses whole answers once the ladder is there: 1 of the longest try, 4 of single streams.
      if (maxTokens > 100 && ++open > 5) return { status: 503, message: "No more today." };
      return undefined;
    });
    const { firstToken, idleGap, prefix, rungs } = findingsOf(result.file);
    expect([firstToken, idleGap, prefix]).not.toContain(undefined);
    expect(rungs).toEqual([]);
    const notes = result.file.notes.join("\n");
    expect(notes).toContain(
      'the ladder of streams: did not get beyond its first rung: 1 stream: the server answered 503: "No more today."',
    );
    expect(notes).toContain("streams on long contexts: 8 streams on prompts of 4,096 tokens: 8 of 8 requests failed");
    expect(notes).not.toMatch(/0\.5/);
    expect(result.file.batch).toBeUndefined();
  });

  it("leaves out one length of prompt, not the others", async () => {
    const result = await probed(({ tokens, maxTokens }) =>
      maxTokens === 2 && tokens > 900 && tokens < 1100 ? { status: 500, message: "Odd length." } : undefined,
    );
    expect(findingsOf(result.file).firstToken?.n).toBe(15);
    expect(result.file.notes.join("\n")).toContain('a prompt of 1,024 tokens: the server answered 500: "Odd length."');
  });
});

describe("a probe that is stopped", () => {
  it("cancels what is open, keeps what it has, says how far it came, and sends nothing more", async () => {
    const stop = new AbortController();
    let asked = 0;
    const { file } = await probed(
      ({ maxTokens }) => {
        // In the ladder, once there are several streams.
        if (maxTokens > 100 && ++asked === 8) stop.abort();
        return undefined;
      },
      { stop: stop.signal },
    );
    expect(file.incomplete).toBe("interrupted after 2 of 6 experiments");
    const { firstToken, idleGap, rungs } = findingsOf(file);
    expect([firstToken, idleGap]).not.toContain(undefined);
    expect(rungs.length).toBeGreaterThan(0);
    expect(file.notes.join("\n")).toMatch(/the ladder of streams: .*the probe was interrupted/);
    expect(file.episodes.filter(({ kind }) => kind === "prefix" || kind === "deep")).toEqual([]);
  });

  it("before its first question has nothing, and says so", async () => {
    const { file } = await probed(() => undefined, { stop: AbortSignal.abort() });
    expect(file.incomplete).toBe("interrupted after 0 of 6 experiments");
    expect(file.episodes).toEqual([]);
  });

  it("tells of each experiment which it is, what was spent and what time is left", async () => {
    const told: string[] = [];
    await probed(() => undefined, { tell: (text) => told.push(text) });
    expect(told).toHaveLength(7);
    expect(told[3]).toMatch(
      /^3 of 6: the ladder of streams; so far \d+ requests and [\d,]+ tokens, at most \d+ s left\.$/,
    );
  });
});

describe("the means of a probe", () => {
  it("that end before an experiment are named: what it needs, what is left, and the option that gives more", async () => {
    const { file } = await probed(() => undefined);
    expect(file.notes.join("\n")).toMatch(
      /the ladder of streams: ended at \d+ streams: \d+ streams would take .+, more than the .+ left; give/,
    );
    const reached = Math.max(...findingsOf(file).rungs.map(({ streams }) => streams));
    expect(file.batch).toEqual({ noLimitUpTo: reached });
  });
});

it.each([
  ["This model's maximum context length is 4096 tokens. However, you requested 5000 tokens", 4096],
  ["The decoder prompt (length 5000) is longer than the maximum model length of 2048. Make sure", 2048],
  ["max_tokens=128 cannot be greater than max_model_len=4096", 4096],
  ["request (5000 tokens) exceeds the available context size (1024 tokens), try increasing it", 1024],
  ["The input (5000 tokens) is longer than the model's context length (8192 tokens).", 8192],
  ["This model's maximum context length is 128,000 tokens.", 128_000],
  ["`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000", 4096],
  ["prompt is too long: 208310 tokens > 200000 maximum", 200_000],
  ["the model's context is 4096 tokens; the prompt has 5000 tokens", 4096],
  ["The model small-7 does not exist.", undefined],
  ["Too much text.", undefined],
])("the context is read off the words %j", (words, context) => {
  expect(contextIn(`http:400 ${words}`)).toBe(context);
});

it("the context is read off the list of models where it is there", () => {
  expect(modelsOf('{"data":[{"id":"a","max_model_len":4096},{"id":"b"},{"id":3}]}')).toEqual([
    { id: "a", context: 4096 },
    { id: "b", context: undefined },
  ]);
});
