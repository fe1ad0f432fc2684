import { isMapping, isObject, type Path } from "./path.ts";

const SECRET_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "ocp-apim-subscription-key",
  "cookie",
  "x-auth-token",
]);

const SECRET_VARIABLE = /KEY|TOKEN|SECRET|PASSWORD|PASSWD|AUTH|CREDENTIAL/i;
const SECRET_QUERY =
  /^(?:api[-_]?key|key|(?:access[-_]?|auth[-_]?)?token|sig|signature|secret|client[-_]?secret|password|pwd|code|x-amz-(?:signature|credential|security-token))$/i;

const MARK = "***";

export function isSecretHeader(name: string): boolean {
  return SECRET_HEADERS.has(name.toLowerCase()) || /(?:^|[-_])(?:key|token|secret|password)$/i.test(name);
}

/** Whether a part of a URL's query names a secret. */
export function isSecretQuery(name: string): boolean {
  return SECRET_QUERY.test(decoded(name));
}

export function isSecretVariable(name: string): boolean {
  return SECRET_VARIABLE.test(name);
}

/** Whether the value at this place of a plan must never be shown: any header, also one that is written in the wrong place. */
export function isSecretPath(path: Path): boolean {
  const [section, field] = path;
  return (
    (section === "target" && field === "headers") ||
    ((section === "observe" || section === "export") && path.includes("headers"))
  );
}

// A URL that does not parse must not leak either, so this works on text.
const USERINFO = /^([a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)@/i;
const QUERY_PAIR = /([?&])([^=&#]+)=([^&#]*)/g;

/** A URL as text with user, password and secret query values replaced. */
export function redactUrl(text: string): string {
  return text
    .replace(USERINFO, (_, scheme: string | undefined) => `${scheme ?? ""}//${MARK}@`)
    .replace(QUERY_PAIR, (pair, lead: string, name: string) => (isSecretQuery(name) ? `${lead}${name}=${MARK}` : pair));
}

/** What {@link redactUrl} hides. */
export function secretsOfUrl(text: string): string[] {
  const found: string[] = [];
  const userinfo = USERINFO.exec(text)?.[2];
  if (userinfo) {
    const [user = "", ...password] = userinfo.split(":");
    found.push(userinfo, password.join(":") || user);
  }
  for (const [, , name = "", value = ""] of text.matchAll(QUERY_PAIR)) {
    if (isSecretQuery(name)) found.push(value);
  }
  return found.flatMap((value) => [value, decoded(value)]);
}

/** Percent-decoded; text with a malformed escape stays as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Every secret of a plan as written, whether or not the plan is valid. */
export function collectSecrets(raw: unknown, fromVariables: ReadonlyMap<string, readonly string[]>): Set<string> {
  const secrets = new Set<string>();
  const add = (value: unknown): void => {
    if (typeof value === "number") secrets.add(String(value));
    if (typeof value === "string" && value !== "") secrets.add(value);
  };
  for (const place of placesIn(raw)) {
    const { url, headers } = place;
    if (isMapping(headers)) {
      for (const [name, value] of Object.entries(headers)) {
        const variables = fromVariables.get(name);
        if (isSecretHeader(name) || variables) add(value);
        for (const part of variables ?? []) add(part);
      }
    }
    for (const secret of secretFields([place["request"], place["parameters"]])) add(secret);
    if (typeof url === "string") for (const secret of secretsOfUrl(url)) add(secret);
  }
  return secrets;
}

/** Whatever has a URL, headers or a body: the target, what is observed, where figures go; a URL may stand alone. */
function placesIn(raw: unknown): readonly Record<string, unknown>[] {
  if (!isMapping(raw)) return [];
  const { target, observe, export: exported } = raw;
  const { prometheus, server } = isMapping(observe) ? observe : {};
  const pages: readonly unknown[] = Array.isArray(prometheus) ? prometheus : [];
  const { remoteWrite, otlp } = isMapping(exported) ? exported : {};
  return [target, server, remoteWrite, otlp, ...pages]
    .map((place) => (typeof place === "string" ? { url: place } : place))
    .filter(isMapping);
}

/** Texts inside a body whose field names say that they are secret: `api_key`, `client-secret`. */
function secretFields(value: unknown): string[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    typeof item === "string" ? (isSecretHeader(key) && !item.includes("{{") ? [item] : []) : secretFields(item),
  );
}
