import { ownStream } from "./own-stream.ts";

/**
 * An application's own messages over a websocket: a message a turn; its answer is the first message that holds the token, or, where the plan names
 * `done`, all messages up to the one that says so. With `$` for the token, a message is its text as it stands.
 */
export const websocket = ownStream("websocket", "messages");
