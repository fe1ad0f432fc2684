import { type Attempt, driveClient } from "./client-core.ts";

/** Node's own fetch, the body read chunk by chunk: what most scripts do. */
await driveClient((url) => (attempt) => {
  void exchange(url, attempt).then(
    () => attempt.end(undefined),
    (error: unknown) => attempt.end(error instanceof Error ? error : new Error(String(error))),
  );
});

async function exchange(url: URL, attempt: Attempt): Promise<void> {
  const response = await fetch(url, { method: "POST", headers: attempt.headers, body: attempt.body });
  attempt.head(response.status);
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read())
    attempt.data(part.value);
}
