import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { getuid } from "node:process";

const PLACES: readonly string[] = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/**
 * A Chromium that tests may drive: `PLIMSOLL_CHROMIUM`, an installed one, else one from Debian's packages where the tests may install it. undefined
 * where there is none, and why is said on standard error.
 */
export function findChromium(): string | undefined {
  const { PLIMSOLL_CHROMIUM: named } = process.env;
  const found = [...(named === undefined ? [] : [named]), ...PLACES].find((path) => existsSync(path));
  if (found !== undefined) return found;
  const why = install();
  const installed = PLACES.find((path) => existsSync(path));
  if (installed === undefined)
    process.stderr.write(
      `\n!!! SKIPPED: no Chromium (${why}). Set PLIMSOLL_CHROMIUM to one; the page was not tested.\n`,
    );
  return installed;
}

/** Tries Debian's package; resolves to what came of it. */
function install(): string {
  if (!existsSync("/usr/bin/apt-get") || getuid?.() !== 0)
    return "none is installed, and this user may not install one";
  try {
    execFileSync("apt-get", ["update", "-q"], { stdio: "ignore", timeout: 120_000 });
    execFileSync("apt-get", ["install", "-q", "-y", "--no-install-recommends", "chromium"], {
      stdio: "ignore",
      timeout: 300_000,
    });
    return "installed";
  } catch (error) {
    return `it could not be installed: ${error instanceof Error ? error.message : String(error)}`;
  }
}
