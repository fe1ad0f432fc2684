import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Path } from "../path.ts";
import type { Trust } from "../types.ts";
import type { Context } from "./context.ts";
import { readableFile } from "./files.ts";

export interface WrittenTrust {
  readonly verify?: boolean | undefined;
  readonly ca?: string | undefined;
  readonly serverName?: string | undefined;
}

/** How a server is trusted, or faults of its CA file. @param path of the mapping `tls` */
export function trustOf({ verify = true, ca: written, serverName }: WrittenTrust, path: Path, ctx: Context): Trust {
  const ca = written === undefined ? undefined : certificates(written, [...path, "ca"], ctx);
  return { verify, ...(ca === undefined ? {} : { ca }), ...(serverName === undefined ? {} : { serverName }) };
}

function certificates(written: string, path: Path, ctx: Context): string | undefined {
  const file = readableFile(written, path, ctx);
  if (file === undefined || holdsCertificate(file)) return file;
  ctx.findings.fault({
    code: "PLAN_FILE",
    path,
    message: "the file holds no certificate in PEM form",
    hint: "Name a file that begins with -----BEGIN CERTIFICATE-----.",
  });
  return undefined;
}

function holdsCertificate(file: string): boolean {
  try {
    return new X509Certificate(readFileSync(file)).subject !== undefined;
  } catch {
    return false;
  }
}
