/** How a target is asked and how it answers, as far as a plan must know it. */
export interface ProtocolEntry {
  /** In a list of protocols: what it is, in a few words. */
  readonly title: string;
  /** Where it is asked below `base`; absent: the URL is the whole path. */
  readonly endpoint?: ProtocolEndpoint;
  /**
   * `own`: the protocol writes the body, the plan adds `parameters`. `template`: the body is the plan's `request`. `either`: `request` stands in
   * for the body that the protocol would write.
   */
  readonly body: "own" | "template" | "either";
  /** The plan says where the answer's text is. */
  readonly asksPaths: boolean;
  /** What `target.model` names; absent: nothing. */
  readonly model?: "model" | "assistant";
  /** Answers come as streams: always, unless the parameter `stream` is false, or never. */
  readonly streams: "always" | "asked" | "never";
  /** It says why an answer ended; `asked`: where the plan names a path for it. */
  readonly saysFinish: boolean | "asked";
  /** Asking again by itself does no harm. */
  readonly repeatable: boolean;
  /** What a prompt may hold beside text. */
  readonly parts: readonly ("image" | "audio")[];
  /** Tools can be offered, and their results be told. */
  readonly tools: boolean;
}

export interface ProtocolEndpoint {
  /** A server's root is completed by it. */
  readonly base: "/v1" | "/api" | "";
  readonly path: string;
  /** A path that is neither the root nor ends in `path` is an application's own, and stands as it is. */
  readonly free?: true;
}

const MODEL_SERVER = { body: "own", asksPaths: false, model: "model", repeatable: true } as const;
const APPLICATION = { body: "either", asksPaths: false, repeatable: false, streams: "always" } as const;
const OF_ONES_OWN = { body: "template", asksPaths: true, repeatable: false, saysFinish: "asked" } as const;
const PICTURES = ["image"] as const;

export const PROTOCOLS = [
  "openai-chat",
  "openai-responses",
  "openai-completions",
  "openai-embeddings",
  "openai-images",
  "anthropic-messages",
  "ollama-chat",
  "ollama-generate",
  "ai-sdk",
  "ai-sdk-text",
  "langgraph",
  "ag-ui",
  "mcp",
  "http-sse",
  "http-ndjson",
  "http-json",
  "websocket",
] as const;
export type ProtocolName = (typeof PROTOCOLS)[number];

/** What each protocol is like. */
export const PROTOCOL_TABLE: Readonly<Record<ProtocolName, ProtocolEntry>> = {
  "openai-chat": {
    ...MODEL_SERVER,
    title: "OpenAI chat completions",
    endpoint: { base: "/v1", path: "/chat/completions" },
    streams: "asked",
    saysFinish: true,
    parts: ["image", "audio"],
    tools: true,
  },
  "openai-responses": {
    ...MODEL_SERVER,
    title: "OpenAI responses",
    endpoint: { base: "/v1", path: "/responses" },
    streams: "asked",
    saysFinish: true,
    parts: PICTURES,
    tools: true,
  },
  "openai-completions": {
    ...MODEL_SERVER,
    title: "OpenAI completions",
    endpoint: { base: "/v1", path: "/completions" },
    streams: "asked",
    saysFinish: true,
    parts: [],
    tools: false,
  },
  "openai-embeddings": {
    ...MODEL_SERVER,
    title: "OpenAI embeddings",
    endpoint: { base: "/v1", path: "/embeddings" },
    streams: "never",
    saysFinish: false,
    parts: [],
    tools: false,
  },
  "openai-images": {
    ...MODEL_SERVER,
    title: "OpenAI image generation",
    endpoint: { base: "/v1", path: "/images/generations" },
    streams: "never",
    saysFinish: false,
    parts: [],
    tools: false,
  },
  "anthropic-messages": {
    ...MODEL_SERVER,
    title: "Anthropic messages",
    endpoint: { base: "/v1", path: "/messages" },
    streams: "asked",
    saysFinish: true,
    parts: PICTURES,
    tools: true,
  },
  "ollama-chat": {
    ...MODEL_SERVER,
    title: "Ollama chat",
    endpoint: { base: "/api", path: "/chat" },
    streams: "asked",
    saysFinish: true,
    parts: PICTURES,
    tools: true,
  },
  "ollama-generate": {
    ...MODEL_SERVER,
    title: "Ollama generate",
    endpoint: { base: "/api", path: "/generate" },
    streams: "asked",
    saysFinish: true,
    parts: PICTURES,
    tools: false,
  },
  "ai-sdk": {
    ...APPLICATION,
    title: "Vercel AI SDK's UI message stream (useChat), and its older data stream",
    endpoint: { base: "/api", path: "/chat", free: true },
    saysFinish: true,
    parts: ["image", "audio"],
    tools: true,
  },
  "ai-sdk-text": {
    ...APPLICATION,
    title: "Vercel AI SDK's text stream",
    endpoint: { base: "/api", path: "/chat", free: true },
    saysFinish: false,
    parts: ["image", "audio"],
    tools: false,
  },
  langgraph: {
    ...APPLICATION,
    title: "LangGraph platform's run stream, and LangServe's",
    endpoint: { base: "", path: "/runs/stream", free: true },
    model: "assistant",
    saysFinish: true,
    parts: PICTURES,
    tools: true,
  },
  "ag-ui": {
    ...APPLICATION,
    title: "AG-UI events",
    saysFinish: true,
    parts: ["image", "audio"],
    tools: true,
  },
  mcp: {
    title: "MCP tool calls over streamable HTTP",
    endpoint: { base: "", path: "/mcp", free: true },
    body: "template",
    asksPaths: false,
    streams: "never",
    saysFinish: false,
    repeatable: false,
    parts: [],
    tools: false,
  },
  "http-sse": {
    ...OF_ONES_OWN,
    title: "an endpoint of one's own that streams server-sent events",
    streams: "always",
    parts: ["image", "audio"],
    tools: true,
  },
  "http-ndjson": {
    ...OF_ONES_OWN,
    title: "an endpoint of one's own that streams lines of JSON",
    streams: "always",
    parts: ["image", "audio"],
    tools: true,
  },
  "http-json": {
    ...OF_ONES_OWN,
    title: "an endpoint of one's own that answers with one JSON body",
    streams: "never",
    parts: ["image", "audio"],
    tools: true,
  },
  websocket: {
    ...OF_ONES_OWN,
    title: "messages of one's own over a websocket",
    streams: "always",
    parts: ["image", "audio"],
    tools: true,
  },
};

/** Whether answers come token by token, as the protocol and the plan's parameters have it. */
export function isStreamed(protocol: ProtocolName, parameters: { readonly [key: string]: unknown } = {}): boolean {
  const { streams } = PROTOCOL_TABLE[protocol];
  return streams === "always" || (streams === "asked" && parameters["stream"] !== false);
}

/** The address that a protocol asks, from a server's root, its versioned base, or the whole path; it is the given object, changed. */
export function completeUrl(url: URL, protocol: ProtocolName): URL {
  const { endpoint } = PROTOCOL_TABLE[protocol];
  if (endpoint === undefined) return url;
  const { base, path, free } = endpoint;
  const given = url.pathname.replace(/\/+$/, "");
  if (given.endsWith(path)) url.pathname = given;
  else if (given === "") url.pathname = base + path;
  else if (free !== true)
    url.pathname = (base === "/v1" ? /\/v\d+[a-z0-9]*$/ : /\/api$/).test(given) ? given + path : given + base + path;
  return url;
}

/** The protocol that a URL's path names by itself; undefined where it could be several or none. */
export function protocolOfPath(pathname: string): ProtocolName | undefined {
  const path = pathname.replace(/\/+$/, "");
  if (/\/v1$/.test(path)) return "openai-chat";
  const [longest] = PROTOCOLS.filter((name) => {
    const { endpoint } = PROTOCOL_TABLE[name];
    return endpoint !== undefined && endpoint.base === "/v1" && path.endsWith(endpoint.base + endpoint.path);
  });
  return longest;
}
