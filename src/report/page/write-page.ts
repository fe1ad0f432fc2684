import { readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Summary, Verdict } from "../../analyse/index.ts";
import { EXIT, PlimsollError } from "../../base/index.ts";
import { openRun } from "../../record/index.ts";
import { embeddedJson, escapedText, filled } from "./embed.ts";
import { pageData } from "./page-data.ts";
import type { PageData } from "./types.ts";

export const PAGE_FILE = "report.html";

/**
 * Writes `report.html` into a run's folder, whole or not at all: one file that needs nothing else. Resolves to its path. Throws PlimsollError
 * PAGE_NOT_BUILT (exit code 1) where the package was not built with its page.
 */
export async function writePage(folder: string, summary: Summary, verdict: Verdict): Promise<string> {
  const template = await readTemplate();
  const run = await openRun(folder);
  try {
    const path = join(run.path, PAGE_FILE);
    const draft = `${path}.part`;
    await writeFile(draft, renderPage(template, await pageData(run, summary, verdict)));
    await rename(draft, path);
    return path;
  } finally {
    run.close();
  }
}

/** The page as text: the template with the data in it. */
export function renderPage(template: string, data: PageData): string {
  const { plan } = data.summary;
  return filled(template, {
    title: escapedText(`${plan.name} · Plimsoll`),
    headline: escapedText(data.verdict.verdict.headline),
    data: embeddedJson(data),
  });
}

async function readTemplate(): Promise<string> {
  const root = dirname(createRequire(import.meta.url).resolve("plimsoll/package.json"));
  const path = join(root, "dist", "web", PAGE_FILE);
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new PlimsollError(
      {
        code: "PAGE_NOT_BUILT",
        file: path,
        message: "The page's template is missing from this installation.",
        hint: "Build it with `npm run build`, or leave the page out with --no-page.",
      },
      EXIT.internal,
      { cause: error },
    );
  }
}
