import { readFileSync } from "node:fs";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { EXIT, PlimsollError } from "../../base/index.ts";
import type { Target } from "../../plan/index.ts";

/** What the TLS connections of one client share: the parsed certificates, and the last session to resume. */
export interface TlsState {
  readonly context: SecureContext;
  readonly verify: boolean;
  session: Buffer | undefined;
}

/** @throws PlimsollError PROTOCOL_CA_UNREADABLE */
export function tlsStateOf(tls: Target["tls"]): TlsState {
  return {
    context: createSecureContext(tls.ca === undefined ? {} : { ca: [...rootCertificates, readCa(tls.ca)] }),
    verify: tls.verify,
    session: undefined,
  };
}

function readCa(file: string): string {
  try {
    const pem = readFileSync(file, "utf8");
    createSecureContext({ ca: pem });
    return pem;
  } catch (cause) {
    throw new PlimsollError(
      {
        code: "PROTOCOL_CA_UNREADABLE",
        message: `target.tls.ca: ${cause instanceof Error ? cause.message : String(cause)}`,
        path: "target.tls.ca",
        received: file,
        hint: "Name a file with certificates in PEM form",
      },
      EXIT.planInvalid,
      { cause },
    );
  }
}
