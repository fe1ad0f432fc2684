import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { randomStream } from "../../base/index.ts";
import type { AudioPlan, ImagePlan } from "../../plan/index.ts";
import type { ContentPart } from "../../protocols/index.ts";
import { emptyFile, type Files, unreadable } from "../files.ts";
import { pngImage } from "./png.ts";
import { wavSound } from "./wav.ts";

const IMAGES: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
};
const SOUNDS: Readonly<Record<string, string>> = { ".wav": "wav", ".mp3": "mp3", ".flac": "flac", ".ogg": "ogg" };

/** Files of one plan are held in memory, in every thread. */
const MOST_BYTES = 256 * 1024 ** 2;

/** The pictures that prompts come with, to draw from; faults go to `files`. */
export function imageParts(plan: ImagePlan, seed: number, files: Files, path: string): readonly ContentPart[] {
  if ("files" in plan) return filesOf(plan.files, IMAGES, files, path, (mime, data) => ({ type: "image", mime, data }));
  const { width, height, distinct, bytes } = plan;
  const parts: ContentPart[] = [];
  for (let k = 0; k < distinct; k++) {
    const image = pngImage(width, height, randomStream(seed, "image", k), bytes);
    if (image === undefined) {
      files.faults.push({
        code: "WORKLOAD_IMAGE_TOO_SMALL",
        message: `a picture of ${width}x${height} does not fit into ${bytes} bytes`,
        path: `${path}.bytes`,
        received: String(bytes),
        hint: "Allow more bytes, or make it smaller.",
      });
      return [];
    }
    parts.push({ type: "image", mime: "image/png", data: image.toString("base64") });
  }
  return parts;
}

/** The sounds that prompts come with, to draw from; faults go to `files`. */
export function audioParts(plan: AudioPlan, seed: number, files: Files, path: string): readonly ContentPart[] {
  if ("files" in plan)
    return filesOf(plan.files, SOUNDS, files, path, (format, data) => ({ type: "audio", format, data }));
  return Array.from({ length: plan.distinct }, (_, k): ContentPart => {
    const sound = wavSound(plan.length, plan.rate, randomStream(seed, "sound", k));
    return { type: "audio", format: "wav", data: sound.toString("base64") };
  });
}

/** One file, or those of a folder whose endings are known, by name. */
function filesOf(
  place: string,
  kinds: Readonly<Record<string, string>>,
  files: Files,
  path: string,
  partOf: (kind: string, data: string) => ContentPart,
): readonly ContentPart[] {
  const known = Object.keys(kinds).join(", ");
  try {
    const names = statSync(place).isDirectory()
      ? readdirSync(place)
          .sort()
          .map((name) => join(place, name))
      : [place];
    const parts: ContentPart[] = [];
    let bytes = 0;
    for (const name of names) {
      const kind = kinds[extname(name).toLowerCase()];
      if (kind === undefined) continue;
      const data = readFileSync(name);
      bytes += data.length;
      if (bytes > MOST_BYTES) {
        files.faults.push({
          code: "WORKLOAD_FILES_TOO_LARGE",
          message: `${place} holds more than 256 MiB, which every worker would hold in memory`,
          path: `${path}.files`,
          file: place,
          hint: "Name a folder with fewer or smaller files.",
        });
        return [];
      }
      parts.push(partOf(kind, data.toString("base64")));
    }
    if (parts.length === 0) files.faults.push(emptyFile(place, `${path}.files`, `Add files that end in ${known}.`));
    return parts;
  } catch (error) {
    files.faults.push(unreadable(error, place, `${path}.files`));
    return [];
  }
}
