import { ownStream } from "./own-stream.ts";

/** An application's own endpoint that streams server-sent events. With `$` for the token, the data of an event is its text as it stands. */
export const httpSse = ownStream("http-sse", "sse");
