import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** The certificate's file: it signs itself, so it is its own authority. */
  readonly file: string;
  /** Another file in the same folder, that is no certificate. */
  readonly keyFile: string;
  remove(): void;
}

/** A certificate of `localhost` that signs itself; undefined where there is no openssl to make it. */
export function certificate(): Certificate | undefined {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-certificate-"));
  const [keyFile, file] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
        ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", keyFile, "-out", file],
      ],
      { stdio: "ignore" },
    );
  } catch {
    remove();
    return undefined;
  }
  return { key: readFileSync(keyFile, "utf8"), cert: readFileSync(file, "utf8"), file, keyFile, remove };
}
