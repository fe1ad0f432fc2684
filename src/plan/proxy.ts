import { BlockList, isIP } from "node:net";

type Environment = Readonly<Record<string, string | undefined>>;

export type ProxyChoice = { readonly proxy?: string } | { readonly problem: string; readonly variable: string };

/**
 * The proxy for a URL as Go's `net/http` finds it: HTTP_PROXY for http, HTTPS_PROXY for https, upper case first, unless NO_PROXY
 * names the host; loopback is always reached directly.
 */
export function resolveProxy(url: URL, env: Environment): ProxyChoice {
  const scheme = url.protocol.replace(":", "");
  const variable = scheme === "https" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const text = (env[variable] || env[variable.toLowerCase()] || "").trim();
  if (text === "") return {};
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (isLoopback(host)) return {};
  const port = url.port || (scheme === "https" ? "443" : "80");
  if (bypasses(host, port, env["NO_PROXY"] || env["no_proxy"] || "")) return {};
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) return { problem: "is no URL", variable };
  const proxy = new URL(full);
  if (proxy.protocol !== "http:" && proxy.protocol !== "https:")
    return { problem: `asks for ${proxy.protocol.replace(":", "")}, which is not supported`, variable };
  return { proxy: proxy.href };
}

export function isLoopback(host: string): boolean {
  return (
    host === "localhost" ||
    host === "localhost." ||
    (isIP(host) === 4 && host.startsWith("127.")) ||
    host === "::1" ||
    /^::ffff:(127\.|7f)/.test(host)
  );
}

function bypasses(host: string, port: string, list: string): boolean {
  return list.split(",").some((entry) => matches(entry.trim().toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "") return false;
  if (entry === "*") return true;
  if (entry.includes("/")) return inNetwork(entry, host);
  const { name, only } = splitPort(entry);
  if (only !== undefined && only !== port) return false;
  if (isIP(name) > 0) return isIP(host) > 0 && canonical(host) === canonical(name);
  if (name.startsWith("*.")) return host.endsWith(name.slice(1));
  if (name.startsWith(".")) return host.endsWith(name);
  return host === name || host.endsWith(`.${name}`);
}

function splitPort(entry: string): { name: string; only?: string } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry);
  if (bracketed?.[1]) return { name: bracketed[1], ...(bracketed[2] ? { only: bracketed[2] } : {}) };
  if (isIP(entry) === 6) return { name: entry };
  const match = /^(.*):(\d+)$/.exec(entry);
  return match?.[1] && match[2] ? { name: match[1], only: match[2] } : { name: entry };
}

function inNetwork(entry: string, host: string): boolean {
  const [network = "", prefix = ""] = entry.split("/");
  const version = isIP(network);
  const bits = Number(prefix);
  if (version === 0 || isIP(host) !== version || !/^\d+$/.test(prefix) || bits > (version === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  list.addSubnet(network, bits, version === 4 ? "ipv4" : "ipv6");
  return list.check(host, version === 4 ? "ipv4" : "ipv6");
}

function canonical(ip: string): string {
  return isIP(ip) === 6 ? new URL(`http://[${ip}]/`).hostname : ip;
}
