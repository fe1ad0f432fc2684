import { type Plan, redactUrl } from "../plan/index.ts";
import type { ObserverSettings } from "./settings.ts";
import type { Reach } from "./sources/http.ts";

/** What a plan's observation is for the observer's thread; undefined where there is nothing to look at. */
export function observerSettings({ target, observe }: Plan): ObserverSettings | undefined {
  const { prometheus, server, processes, every } = observe;
  const origin = new URL(target.url).origin;
  const isOfTarget = (url: string): boolean => new URL(url).origin === origin;
  const discovers = observe.discover && !prometheus.some(({ url }) => isOfTarget(url));
  if (prometheus.length === 0 && server === undefined && processes.length === 0 && !discovers) return undefined;
  const found = freeName(new URL(origin).host, observe);
  const others = [...[...prometheus, ...processes].map(({ name }) => name), ...(discovers ? [found] : [])];
  return {
    every,
    pages: prometheus.map((page) => ({
      ...(isOfTarget(page.url) ? { tls: target.tls } : {}),
      ...page,
      where: redactUrl(page.url),
    })),
    ...(server === undefined ? {} : { server: { ...server, where: redactUrl(server.url), others } }),
    processes,
    ...(discovers ? { discover: { ...targetReach(target), target: target.url, name: found } } : {}),
  };
}

/** The target's own page is asked with the target's own headers, but for those of the body that a GET does not have. */
function targetReach({ headers, proxy, tls }: Plan["target"]): Reach {
  const kept = Object.entries(headers).filter(([name]) => !/^(?:content-.*|accept.*|user-agent|host)$/i.test(name));
  return { headers: Object.fromEntries(kept), tls, ...(proxy === undefined ? {} : { proxy }) };
}

function freeName(wanted: string, { prometheus, server, processes }: Plan["observe"]): string {
  const taken = [...prometheus, ...(server === undefined ? [] : [server]), ...processes].map(({ name }) => name);
  return taken.includes(wanted) ? `target ${wanted}` : wanted;
}
