import type { ProtocolName } from "../base/index.ts";

/** The target of a plan to start from, in YAML, by protocol. */
export const TARGET_TEMPLATES: Readonly<Record<ProtocolName, string>> = {
  "openai-chat": `target:
  url: http://127.0.0.1:8000/v1        # with or without /v1, or the full path
  protocol: openai-chat
  model: my-model                      # a name that GET /v1/models lists
  # headers: { authorization: "Bearer \${API_KEY}" }
  # parameters: { temperature: 0 }     # more fields of the body
`,
  "openai-responses": `target:
  url: http://127.0.0.1:8000/v1        # with or without /v1, or the full path
  protocol: openai-responses
  model: my-model                      # a name that GET /v1/models lists
  # headers: { authorization: "Bearer \${API_KEY}" }
  # parameters: { store: true }        # each turn names the response before it, and sends what is new
`,
  "openai-completions": `target:
  url: http://127.0.0.1:8000/v1        # with or without /v1, or the full path
  protocol: openai-completions
  model: my-model                      # a name that GET /v1/models lists
  # headers: { authorization: "Bearer \${API_KEY}" }
  # parameters: { temperature: 0 }     # more fields of the body
`,
  "openai-embeddings": `target:
  url: http://127.0.0.1:8000/v1        # with or without /v1, or the full path
  protocol: openai-embeddings
  model: my-model                      # a name that GET /v1/models lists
  # headers: { authorization: "Bearer \${API_KEY}" }
  # parameters: { dimensions: 256 }    # more fields of the body
`,
  "openai-images": `target:
  url: http://127.0.0.1:8000/v1        # with or without /v1, or the full path
  protocol: openai-images
  model: my-model
  # headers: { authorization: "Bearer \${API_KEY}" }
  # parameters: { size: 1024x1024 }    # more fields of the body
`,
  "anthropic-messages": `target:
  url: http://127.0.0.1:8000/v1        # with or without /v1, or the full path
  protocol: anthropic-messages
  model: my-model
  # headers: { x-api-key: "\${API_KEY}" }
  # parameters: { max_tokens: 1024 }   # 4096 where neither this nor a persona says
`,
  "ollama-chat": `target:
  url: http://127.0.0.1:11434
  protocol: ollama-chat
  model: my-model                      # a name that GET /api/tags lists
  # headers: { authorization: "Bearer \${API_KEY}" }
  # parameters: { options: { temperature: 0 } }
`,
  "ollama-generate": `target:
  url: http://127.0.0.1:11434
  protocol: ollama-generate
  model: my-model                      # a name that GET /api/tags lists
  # headers: { authorization: "Bearer \${API_KEY}" }
  # parameters: { options: { temperature: 0 } }
`,
  "ai-sdk": `target:
  url: http://127.0.0.1:3000/api/chat  # the route that useChat posts to
  protocol: ai-sdk
  # headers: { authorization: "Bearer \${API_KEY}" }
  # parameters: { model: fast }        # more fields of the body, as the hook's own body has them
`,
  "ai-sdk-text": `target:
  url: http://127.0.0.1:3000/api/chat  # the route that the hook posts to
  protocol: ai-sdk-text
  # headers: { authorization: "Bearer \${API_KEY}" }
  # parameters: { model: fast }        # more fields of the body
`,
  langgraph: `target:
  url: http://127.0.0.1:2024           # or .../runs/stream, or a LangServe .../stream
  protocol: langgraph
  model: agent                         # an assistant, or the name of a graph
  # headers: { authorization: "Bearer \${API_KEY}" }
`,
  "ag-ui": `target:
  url: http://127.0.0.1:8000/agent     # the whole path
  protocol: ag-ui
  # headers: { authorization: "Bearer \${API_KEY}" }
  # parameters: { state: { plan: free } } # more fields of the run's input
`,
  mcp: `target:
  url: http://127.0.0.1:3000/mcp
  protocol: mcp
  request: { name: search, arguments: { query: "{{turn.prompt}}" } } # a tool that tools/list has
  # headers: { authorization: "Bearer \${API_KEY}" }
`,
  "http-sse": `target:
  url: http://127.0.0.1:8400/chat
  protocol: http-sse
  request: { session: "{{session.id}}", message: "{{turn.prompt}}" }
  events: { token: "$.delta", done: "$.finish_reason", usage: "$.usage" }
  # headers: { authorization: "Bearer \${API_KEY}" }
`,
  "http-ndjson": `target:
  url: http://127.0.0.1:8400/chat
  protocol: http-ndjson
  request: { session: "{{session.id}}", message: "{{turn.prompt}}" }
  events: { token: "$.delta", done: "$.done", usage: "$.usage" }
  # headers: { authorization: "Bearer \${API_KEY}" }
`,
  "http-json": `target:
  url: http://127.0.0.1:8400/ask
  protocol: http-json
  request: { session: "{{session.id}}", message: "{{turn.prompt}}" }
  events: { token: "$.answer", usage: "$.usage" }
  # headers: { authorization: "Bearer \${API_KEY}" }
`,
  websocket: `target:
  url: ws://127.0.0.1:8400/chat
  protocol: websocket
  request: { session: "{{session.id}}", message: "{{turn.prompt}}" } # one message a turn
  events: { token: "$.delta", done: "$.done" } # without done, the first message with a token is the answer
  # headers: { authorization: "Bearer \${API_KEY}" }
  # websocket: { subprotocols: [ chat.v1 ], ping: 20s }
`,
};
