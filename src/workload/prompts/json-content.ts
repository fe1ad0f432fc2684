import type { ContentPart } from "../../protocols/index.ts";
import { isList, isRecord, type JsonRecord } from "./json-values.ts";

/** The kinds of parts that chat files hold, by `type`; undefined where one lacks what it needs. */
const PARTS: Readonly<Record<string, (part: JsonRecord) => ContentPart | undefined>> = {
  text: textPart,
  input_text: textPart,
  image: imagePart,
  image_url: ({ image_url: held }) => urlPart(isRecord(held) ? held["url"] : held),
  input_image: ({ image_url: url }) => urlPart(url),
  input_audio: ({ input_audio: held }) => (isRecord(held) ? audioPart(held) : undefined),
  audio: audioPart,
};

/** A message's content: a text, or parts; parts that are all text become one. Undefined where some part is of no known kind. */
export function contentOf(value: unknown): string | readonly ContentPart[] | undefined {
  if (typeof value === "string") return value;
  if (!isList(value)) return undefined;
  const parts: ContentPart[] = [];
  for (const item of value) {
    const part = isRecord(item) && typeof item["type"] === "string" ? PARTS[item["type"]]?.(item) : undefined;
    if (part === undefined) return undefined;
    parts.push(part);
  }
  const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return texts.length === parts.length ? texts.join("\n") : parts;
}

function textPart({ text }: JsonRecord): ContentPart | undefined {
  return typeof text === "string" ? { type: "text", text } : undefined;
}

function imagePart({ mime, data, url, source }: JsonRecord): ContentPart | undefined {
  if (isRecord(source)) {
    if (source["type"] === "url") return urlPart(source["url"]);
    return imagePart({ mime: source["media_type"], data: source["data"] });
  }
  if (typeof data === "string" && typeof mime === "string") return { type: "image", mime, data };
  return urlPart(url);
}

const TYPES: Readonly<Record<string, string>> = { png: "image/png", gif: "image/gif", webp: "image/webp" };

function urlPart(url: unknown): ContentPart | undefined {
  if (typeof url !== "string") return undefined;
  const [, mime, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? [];
  if (mime !== undefined && data !== undefined) return { type: "image", mime, data };
  const ending = /\.([a-z]+)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? "";
  return { type: "image", mime: TYPES[ending] ?? "image/jpeg", url };
}

function audioPart({ format, data }: JsonRecord): ContentPart | undefined {
  return typeof format === "string" && typeof data === "string" ? { type: "audio", format, data } : undefined;
}
