import { EXIT, type Fault, PlimsollError } from "../base/index.ts";
import type { Target } from "../plan/index.ts";
import type { PreparedDialect } from "./dialects/dialect.ts";
import { DIALECTS } from "./dialects/table.ts";
import { ownHeaders, type RequestWriter, requestWriter } from "./request.ts";
import type { DialContext } from "./transport/dial.ts";
import { cachedLookup } from "./transport/dns.ts";
import { routeOf } from "./transport/route.ts";
import { tlsStateOf } from "./transport/tls-state.ts";

/** Bytes that one read of a socket brings at most. */
const READ_SIZE = 64 * 1024;

/** All that follows from a target alone. */
export interface PreparedTarget {
  readonly dialect: PreparedDialect;
  readonly dialling: DialContext;
  readonly request: RequestWriter;
}

/** @throws PlimsollError with every fault of the target's headers, paths, placeholders and CA file */
export function prepareTarget(target: Target, now: () => number): PreparedTarget {
  const faults: Fault[] = [];
  const attempt = <T>(make: () => T): T | undefined => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof PlimsollError)) throw error;
      faults.push(...error.faults);
      return undefined;
    }
  };
  const dialect = attempt(() => DIALECTS[target.protocol].prepare(target));
  const headers = attempt(() => ownHeaders(target));
  const tls = attempt(() => tlsStateOf(target.tls));
  if (dialect === undefined || headers === undefined || tls === undefined) {
    throw new PlimsollError(faults, EXIT.planInvalid);
  }
  const route = routeOf(dialect.url, target, dialect.rules.form === "messages" || target.http === "2");
  const buffer = Buffer.allocUnsafeSlow(READ_SIZE);
  return {
    dialect,
    dialling: { route, tls, lookup: cachedLookup(now), buffer, protocols: protocolsOf(target, dialect) },
    request: requestWriter(target, dialect, route, headers),
  };
}

/** What TLS offers: a websocket begins as HTTP/1.1. */
function protocolsOf(target: Target, dialect: PreparedDialect): readonly string[] {
  if (dialect.rules.form === "messages" || target.http === "1.1") return ["http/1.1"];
  return target.http === "2" ? ["h2"] : ["h2", "http/1.1"];
}
