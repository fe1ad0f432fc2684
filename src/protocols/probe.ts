import { EXIT, PlimsollError } from "../base/index.ts";
import type { Target } from "../plan/index.ts";
import { prepareTarget } from "./prepare.ts";
import { dial } from "./transport/dial.ts";

/** What to try, by the beginning of a reason; the first that fits. */
const HINTS: readonly (readonly [start: string, hint: string])[] = [
  ["proxy:", "Check the proxy in HTTP_PROXY or HTTPS_PROXY, or name the host in NO_PROXY"],
  ["dns:", "Check the host name in target.url"],
  ["tls:DEPTH_ZERO_SELF_SIGNED_CERT", "Name its certificate in target.tls.ca, or set target.tls.verify to false"],
  ["tls:SELF_SIGNED_CERT_IN_CHAIN", "Name your own authority's certificate in target.tls.ca"],
  ["tls:UNABLE_TO_", "Name your own authority's certificate in target.tls.ca"],
  ["tls:CERT_HAS_EXPIRED", "Renew the server's certificate, or set target.tls.verify to false"],
  ["tls:ERR_TLS_CERT_ALTNAME_INVALID", "Use a host name that the certificate holds, or set target.tls.serverName"],
  ["tls:", "Check that the port speaks TLS, or use http:// in target.url"],
  ["timeout", "Check host, port and firewall, or raise target.timeouts.connect"],
  ["ECONNREFUSED", "Start the server, or check the port in target.url"],
];

/**
 * Opens one connection to the target (DNS, TCP, the proxy's tunnel, TLS) and closes it.
 *
 * @throws PlimsollError TARGET_UNREACHABLE with the reason, exit code `unreachable`; or every fault of the target's headers, paths,
 * placeholders and CA file, exit code `planInvalid`
 */
export async function probeConnect(target: Target): Promise<void> {
  const { dialect, dialling: context } = prepareTarget(target, () => performance.now());
  const { origin } = dialect.url;
  const reason = await new Promise<string | undefined>((resolve) => {
    const dialling = dial(context, {
      opened: () => settle(undefined),
      failed: (word) => settle(word),
      read: () => undefined,
    });
    const timer = setTimeout(() => settle("timeout:connect"), target.timeouts.connect);
    const settle = (word: string | undefined): void => {
      clearTimeout(timer);
      dialling.abort();
      resolve(word);
    };
  });
  if (reason === undefined) return;
  throw new PlimsollError(
    {
      code: "TARGET_UNREACHABLE",
      message: `${origin} cannot be reached: ${reason}`,
      path: "target.url",
      received: origin,
      hint:
        HINTS.find(([start]) => reason.startsWith(start))?.[1] ?? "Check that the server runs and accepts connections",
    },
    EXIT.unreachable,
  );
}
