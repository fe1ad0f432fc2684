import { isIP } from "node:net";
import type { Target } from "../../plan/index.ts";

/** Where the sockets go, and how the request line must be written for it. */
export interface Route {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** SNI and the name to verify; undefined for an IP address. */
  readonly serverName: string | undefined;
  readonly proxy: ProxyRoute | undefined;
}

export interface ProxyRoute {
  /** `forward`: the proxy reads absolute request lines. `tunnel`: CONNECT, then whatever through it. */
  readonly kind: "forward" | "tunnel";
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly authorization: string | undefined;
}

/** `tunnels`: what is spoken is not what a proxy passes on. */
export function routeOf(url: URL, target: Target, tunnels = false): Route {
  const secure = url.protocol === "https:";
  const host = bareHost(url);
  return {
    host,
    port: portOf(url),
    secure,
    serverName: target.tls.serverName ?? (isIP(host) === 0 ? host : undefined),
    proxy: target.proxy === undefined ? undefined : proxyRoute(new URL(target.proxy), secure || tunnels),
  };
}

function proxyRoute(proxy: URL, tunnel: boolean): ProxyRoute {
  return {
    kind: tunnel ? "tunnel" : "forward",
    host: bareHost(proxy),
    port: portOf(proxy),
    secure: proxy.protocol === "https:",
    authorization: basicOf(proxy),
  };
}

/** The `Basic` value of a URL's user and password; undefined where it has none. */
export function basicOf(url: URL): string | undefined {
  if (url.username === "" && url.password === "") return undefined;
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

/** An IPv6 host without its brackets. */
function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}
