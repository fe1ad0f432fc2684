import { Pool } from "undici";
import { driveClient } from "./client-core.ts";

/** undici's lowest door: dispatch with a handler, no streams and no promises between socket and stamp. */
await driveClient((url, streams) => {
  const pool = new Pool(url.origin, { connections: streams, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  return (attempt) => {
    pool.dispatch(
      { path: url.pathname, method: "POST", headers: attempt.headers, body: attempt.body },
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, status) => attempt.head(status),
        onResponseData: (_controller, chunk) => attempt.data(chunk),
        onResponseEnd: () => attempt.end(undefined),
        onResponseError: (_controller, error) => attempt.end(error),
      },
    );
  };
});
