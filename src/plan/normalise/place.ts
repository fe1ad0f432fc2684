import type { Path } from "../path.ts";
import { resolveProxy } from "../proxy.ts";
import { decoded } from "../secrets.ts";
import type { Context } from "./context.ts";

/** A websocket begins as HTTP, on the same ports. */
const PLAIN_SCHEMES: Readonly<Record<string, string>> = { "ws:": "http:", "wss:": "https:" };

/** A URL of a plan without its credentials, which become the value of a header; or a fault. */
export function readUrl(
  text: string,
  example: string,
  path: Path,
  ctx: Context,
  schemes: "http" | "websocket" = "http",
): { readonly url: URL; readonly authorization?: string } | undefined {
  if (!URL.canParse(text)) {
    ctx.findings.fault({
      code: "PLAN_URL",
      path,
      message: "expected a URL",
      hint: `Write a URL such as ${example}${/^[\w.-]+(:\d+)?(\/|$)/.test(text) ? "; it begins with http:// or https://" : ""}.`,
    });
    return undefined;
  }
  const url = new URL(text);
  const plain = PLAIN_SCHEMES[url.protocol];
  if (plain !== undefined && schemes === "websocket") url.protocol = plain;
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    ctx.findings.fault({
      code: "PLAN_URL",
      path,
      message: "expected an http or https URL",
      hint: "Begin the URL with http:// or https://.",
    });
    return undefined;
  }
  url.hash = "";
  if (url.username === "" && url.password === "") return { url };
  const user = `${decoded(url.username)}:${decoded(url.password)}`;
  url.username = "";
  url.password = "";
  return { url, authorization: `Basic ${Buffer.from(user).toString("base64")}` };
}

/** The proxy on the way to a URL, or a fault where the environment names what is none. */
export function proxyFor(url: URL, path: Path, ctx: Context): string | undefined {
  const choice = resolveProxy(url, ctx.env);
  if (!("problem" in choice)) return choice.proxy;
  ctx.findings.fault({
    code: "PLAN_PROXY",
    path,
    message: `${choice.variable} ${choice.problem}`,
    hint: `Set ${choice.variable} to an http or https URL, or name the URL's host in NO_PROXY.`,
    bare: true,
  });
  return undefined;
}
