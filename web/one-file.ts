import { createHash } from "node:crypto";
import type { Plugin } from "vite";

/** What the page may do: run its own script and draw. It reaches nothing and is sent nowhere. */
const policy = (script: string): string =>
  [
    "default-src 'none'",
    `script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`,
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

/** Puts script and styles into the one HTML file, with a content security policy that allows that script alone. */
export function oneFile(): Plugin {
  return {
    name: "plimsoll-one-file",
    enforce: "post",
    generateBundle(_, bundle) {
      const files = Object.values(bundle);
      let script = "";
      let style = "";
      for (const file of files) {
        if (file.type === "chunk") script += file.code;
        else if (file.fileName.endsWith(".css")) style += textOf(file.source);
      }
      const code = script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
      for (const file of files) {
        if (file.type === "chunk" || !file.fileName.endsWith(".html")) {
          delete bundle[file.fileName];
          continue;
        }
        const bare = textOf(file.source)
          .replaceAll(/\s*<script type="module"[^>]*><\/script>/g, "")
          .replaceAll(/\s*<link rel="stylesheet"[^>]*>/g, "");
        const inline = `\n${code}`;
        const head = `<meta http-equiv="Content-Security-Policy" content="${policy(inline)}" />\n    <style>${style}</style>\n  </head>`;
        file.source = bare
          .replace("</head>", () => head)
          .replace("</body>", () => `<script type="module">${inline}</script>\n  </body>`);
      }
    },
  };
}

function textOf(source: string | Uint8Array): string {
  return typeof source === "string" ? source : new TextDecoder().decode(source);
}
