/** One HTTP answer, whole, as a step of the raw server of tests. */
export function answer(
  body: string,
  contentType = "text/plain; version=0.0.4",
  status = "200 OK",
): readonly [{ readonly write: string }] {
  const head = `HTTP/1.1 ${status}\r\ncontent-type: ${contentType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return [{ write: head + body }];
}

/** The head of an answer whose body ends with its connection, if ever. */
export const OPEN_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n";

/** What a request asks for: `/metrics`. */
export function pathOf(request: string): string {
  return request.split(" ")[1] ?? "";
}
