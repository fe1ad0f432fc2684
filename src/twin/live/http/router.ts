import type { IncomingMessage, ServerResponse } from "node:http";
import { anthropicErrors, type ErrorShape, openaiErrors } from "../wire/errors.ts";
import { sendError } from "./respond.ts";

/** A request that a route answers. */
export interface Answering {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  /** Without its query. */
  readonly path: string;
  /** For answers that have no id of their own. */
  readonly requestId: string;
}

/** By method and path. A path that ends in `/*` stands for all that begin with it and go on. */
export type Routes = Readonly<Record<string, (request: Answering) => void>>;

/** Hands requests to their routes; the `/v1` of a path may be left out, and HEAD is GET without its body. */
export function router(routes: Routes, newId: () => string) {
  const all = Object.keys(routes);
  const open = all.filter((route) => route.endsWith("/*")).map((route) => route.slice(0, -1));
  const routeOf = (method: string, path: string): string | undefined =>
    [`${method} ${path}`, `${method} /v1${path}`].flatMap((asked) => {
      const beginning = open.find((one) => asked.startsWith(one) && asked.length > one.length);
      return Object.hasOwn(routes, asked) ? [asked] : beginning === undefined ? [] : [`${beginning}*`];
    })[0];
  const methods = [...new Set(all.map((route) => route.slice(0, route.indexOf(" "))))];

  return (message: IncomingMessage, response: ServerResponse): void => {
    const path = message.url?.split("?", 1)[0] ?? "/";
    const method = message.method ?? "GET";
    // A response whose reader has gone has nowhere to complain.
    response.on("error", () => undefined);
    const requestId = `req_${newId()}`;
    const route = routes[routeOf(method === "HEAD" ? "GET" : method, path) ?? ""];
    if (route !== undefined) {
      route({ message, response, path, requestId });
      return;
    }
    message.resume();
    const allowed = methods.filter((one) => routeOf(one, path) !== undefined);
    if (allowed.includes("GET")) allowed.push("HEAD");
    const unknown = allowed.length === 0;
    const error = {
      status: unknown ? 404 : 405,
      code: unknown ? "not_found" : "method_not_allowed",
      message: `There is no ${method} ${path.slice(0, 200)} here; there is ${all.join(", ")}.`,
    };
    const shape = shapeOf(message);
    const ids = { "x-request-id": requestId, ...(shape === anthropicErrors ? { "request-id": requestId } : {}) };
    sendError(response, shape, error, requestId, { ...ids, ...(unknown ? {} : { allow: allowed.join(", ") }) });
  };
}

/** Whose client asks, by what only Anthropic's sends and by its paths. */
export function shapeOf({ headers, url = "" }: IncomingMessage): ErrorShape {
  const anthropic = headers["anthropic-version"] !== undefined || /^(?:\/v1)?\/messages(?:[/?]|$)/.test(url);
  return anthropic ? anthropicErrors : openaiErrors;
}
