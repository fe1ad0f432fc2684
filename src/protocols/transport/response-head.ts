/** What the client needs of a response's status line and headers. */
export class ResponseHead {
  status = -1;
  minor = 1;
  /** -1: not given. */
  contentLength = -1;
  chunked = false;
  /** `Connection: close`, or HTTP/1.0 without `keep-alive`. */
  close = false;
  keepAlive = false;
  /** Seconds of `Keep-Alive: timeout=`; -1: not given. */
  keepAliveTimeout = -1;
  contentType = "";
  contentEncoding = "";
  retryAfter = "";
  replica = "";
  location = "";
  /** Id that the server gave the session (MCP). */
  session = "";
  /** Of a websocket's handshake. */
  upgrade = "";
  socketAccept = "";
  socketProtocol = "";
  socketExtensions = "";
  /** What the rate limit leaves; NaN: not given. Of several limits on one thing, the least. */
  remainingRequests = Number.NaN;
  remainingTokens = Number.NaN;

  reset(): void {
    this.status = -1;
    this.minor = 1;
    this.contentLength = -1;
    this.chunked = false;
    this.close = false;
    this.keepAlive = false;
    this.keepAliveTimeout = -1;
    this.contentType = "";
    this.contentEncoding = "";
    this.retryAfter = "";
    this.replica = "";
    this.location = "";
    this.session = "";
    this.upgrade = "";
    this.socketAccept = "";
    this.socketProtocol = "";
    this.socketExtensions = "";
    this.remainingRequests = Number.NaN;
    this.remainingTokens = Number.NaN;
  }
}

/** Takes a header's value into the head; the returned text names a fault. */
type HeaderReader = (head: ResponseHead, value: string) => string | undefined;

const LENGTH = /^\d{1,15}$/;

/** A count that some limit leaves, of which the head keeps the least. Anything but a plain number is not understood. */
function least(known: number, value: string): number {
  if (!/^\d{1,15}$/.test(value)) return known;
  return Number.isNaN(known) ? Number(value) : Math.min(known, Number(value));
}

const remainingRequests: HeaderReader = (head, value) => {
  head.remainingRequests = least(head.remainingRequests, value);
  return undefined;
};

const remainingTokens: HeaderReader = (head, value) => {
  head.remainingTokens = least(head.remainingTokens, value);
  return undefined;
};

/** The headers that mean something here, by lower-case name. */
export const HEADERS: Readonly<Record<string, HeaderReader>> = {
  "content-length": (head, value) => {
    if (head.contentLength < 0 && LENGTH.test(value)) {
      head.contentLength = Number(value);
      return undefined;
    }
    for (const part of value.split(",")) {
      const text = part.trim();
      if (!LENGTH.test(text)) return "content-length";
      const length = Number(text);
      if (head.contentLength >= 0 && head.contentLength !== length) return "content-length-conflict";
      head.contentLength = length;
    }
    return undefined;
  },
  "transfer-encoding": (head, value) => {
    const codings = value
      .toLowerCase()
      .split(",")
      .map((coding) => coding.trim());
    for (const coding of codings) {
      if (coding === "chunked") {
        if (head.chunked) return "transfer-encoding";
        head.chunked = true;
      } else if (coding !== "identity" && coding !== "") {
        return "transfer-encoding";
      }
    }
    return undefined;
  },
  connection: (head, value) => {
    for (const option of value.toLowerCase().split(",")) {
      const word = option.trim();
      if (word === "close") head.close = true;
      if (word === "keep-alive") head.keepAlive = true;
    }
    return undefined;
  },
  "keep-alive": (head, value) => {
    const timeout = /(?:^|[,;\s])timeout\s*=\s*"?(\d{1,9})/i.exec(value)?.[1];
    if (timeout !== undefined) head.keepAliveTimeout = Number(timeout);
    return undefined;
  },
  "content-type": (head, value) => {
    head.contentType = value;
    return undefined;
  },
  "content-encoding": (head, value) => {
    head.contentEncoding =
      head.contentEncoding === "" ? value.toLowerCase() : `${head.contentEncoding}, ${value.toLowerCase()}`;
    return undefined;
  },
  "retry-after": (head, value) => {
    head.retryAfter = value;
    return undefined;
  },
  "x-replica": (head, value) => {
    head.replica = value;
    return undefined;
  },
  location: (head, value) => {
    head.location = value;
    return undefined;
  },
  "mcp-session-id": (head, value) => {
    head.session = value;
    return undefined;
  },
  upgrade: (head, value) => {
    head.upgrade = value;
    return undefined;
  },
  "sec-websocket-accept": (head, value) => {
    head.socketAccept = value;
    return undefined;
  },
  "sec-websocket-protocol": (head, value) => {
    head.socketProtocol = value;
    return undefined;
  },
  "sec-websocket-extensions": (head, value) => {
    head.socketExtensions = value;
    return undefined;
  },
  // OpenAI, Azure, Groq, Mistral, Together, OpenRouter; Anthropic; the IETF's draft.
  "x-ratelimit-remaining-requests": remainingRequests,
  "x-ratelimit-remaining-tokens": remainingTokens,
  "anthropic-ratelimit-requests-remaining": remainingRequests,
  "anthropic-ratelimit-tokens-remaining": remainingTokens,
  "anthropic-ratelimit-input-tokens-remaining": remainingTokens,
  "anthropic-ratelimit-output-tokens-remaining": remainingTokens,
  "x-ratelimit-remaining": remainingRequests,
  "ratelimit-remaining": remainingRequests,
};
