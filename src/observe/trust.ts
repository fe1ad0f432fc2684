import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import type { Trust } from "../plan/index.ts";

/** Options of a TLS connection. The plan's own authority comes beside Node's, as for the load. Throws where its file is gone. */
export function tlsOptions(trust: Trust | undefined) {
  if (trust === undefined) return {};
  const { verify, ca, serverName } = trust;
  return {
    rejectUnauthorized: verify,
    ...(ca === undefined ? {} : { ca: [...rootCertificates, readFileSync(ca, "utf8")] }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

const HINTS: readonly (readonly [code: RegExp, hint: string])[] = [
  [/ALTNAME_INVALID/, "use a host name that the certificate holds, or set `tls.serverName`"],
  [/^CERT_HAS_EXPIRED$/, "renew it, or set `tls.verify` to false"],
  [/SELF_SIGNED|^UNABLE_TO_|^CERT_/, "name its authority in `tls.ca`, or set `tls.verify` to false"],
];

/** Why a certificate is not trusted, as the end of a sentence; undefined where an error's code says no such thing. */
export function distrust(code: string): string | undefined {
  const hint = HINTS.find(([pattern]) => pattern.test(code))?.[1];
  return hint === undefined ? undefined : `its certificate is not trusted (${code}): ${hint}`;
}
