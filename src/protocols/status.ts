/** A websocket's answers come under the status of its handshake. */
export function isServed(status: number): boolean {
  return (status >= 200 && status <= 299) || status === 101;
}
