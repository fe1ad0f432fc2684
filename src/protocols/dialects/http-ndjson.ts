import { ownStream } from "./own-stream.ts";

/** An application's own endpoint that streams lines of JSON. With `$` for the token, each line is a JSON string. */
export const httpNdjson = ownStream("http-ndjson", "ndjson");
