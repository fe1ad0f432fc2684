import { isSecretHeader, isSecretQuery, type Json } from "../../plan/index.ts";
import { hasReference, reference } from "./reference.ts";

/** Keys and tokens that tell themselves by their form. */
const TELLING =
  /\b(?:sk-[A-Za-z0-9_-]{16,}|sk_[a-z]+_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{20,}|gsk_[A-Za-z0-9]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|AKIA[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{30,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,})/g;
const SECRET_FIELD =
  /^(?:(?:api|access|auth|client|private|session|refresh)[-_]?)?(?:key|token|secret|password|passwd|pwd)$/i;
const SCHEME = /^(bearer|basic|token|apikey)\s+(\S[\s\S]*)$/i;
/** Shorter ones would blank out ordinary words. */
const SHORTEST = 6;

/** A file with more is no work of people; the plan's writer looks for all of them once more. */
const LOOKED_FOR = 200;

/** Takes secrets out of what is read; each becomes a reference to a variable. What was taken is held only to be looked for elsewhere. */
export class SecretsTaken {
  /** Value to the reference that stands for it. */
  readonly #values = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #lookedFor: [secret: string, stands: string][] = [];

  /** A header's value without its secret. */
  header(name: string, value: string): string {
    if (!isSecretHeader(name) && name.toLowerCase() !== "set-cookie") return this.text(value);
    if (hasReference(value)) return this.text(value);
    const scheme = SCHEME.exec(value);
    const secret = scheme?.[2] ?? value;
    const variable = name.toLowerCase() === "authorization" ? "API_KEY" : name.toUpperCase();
    return scheme === null ? this.#take(variable, secret) : `${scheme[1]} ${this.#take(variable, secret)}`;
  }

  /** A field whose name may say that it is secret. */
  #field(name: string, value: string, isSecret: boolean): string {
    if (!isSecret || value === "" || hasReference(value) || value.includes("{{")) return this.text(value);
    return this.#take(name.replaceAll(/([a-z])([A-Z])/g, "$1_$2").toUpperCase(), value);
  }

  /** Any other text: keys that tell themselves, and what was taken elsewhere. */
  text(value: string): string {
    let out = value.replace(TELLING, (found) => this.#take("SECRET", found));
    for (const [secret, stands] of this.#lookedFor) if (out.includes(secret)) out = out.replaceAll(secret, stands);
    return out;
  }

  body(value: Json): Json {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item: Json) => this.body(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        typeof item === "string"
          ? this.#field(key, item, isSecretHeader(key) || SECRET_FIELD.test(key))
          : this.body(item),
      ]),
    );
  }

  /** A URL: user and password, secret parts of the query. */
  url(value: string): string {
    const [front = "", ...query] = value.split("?");
    const bare = front.replace(/^([a-z][a-z0-9+.-]*:)?\/\/([^/]*)@/i, (_, scheme: string | undefined, user: string) => {
      this.#take("URL_USER", user);
      return `${scheme ?? ""}//`;
    });
    if (query.length === 0) return this.text(bare);
    const pairs = query
      .join("?")
      .replace(/#.*$/s, "")
      .split("&")
      .map((pair) => {
        const [name = "", ...rest] = pair.split("=");
        return rest.length === 0 ? pair : `${name}=${this.#field(name, rest.join("="), isSecretQuery(name))}`;
      });
    return `${this.text(bare)}?${pairs.join("&")}`;
  }

  /** Every value that must not be in what is written. */
  get values(): readonly string[] {
    return [...this.#values.keys()];
  }

  #take(variable: string, value: string): string {
    const known = this.#values.get(value);
    if (known !== undefined) return known;
    const count = (this.#counts.get(variable) ?? 0) + 1;
    this.#counts.set(variable, count);
    const stands = reference(count === 1 ? variable : `${variable}_${count}`);
    this.#values.set(value, stands);
    if (value.length >= SHORTEST && this.#lookedFor.length < LOOKED_FOR) this.#lookedFor.push([value, stands]);
    return stands;
  }
}
