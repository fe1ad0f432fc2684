import { createServer, type Server } from "node:http";

const PATH = "/metrics";

export interface ScrapeEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a page at `/metrics` for Prometheus to scrape; port 0 is any free one. Rejects where the port cannot be had.
 * @param page what is true now
 */
export async function serveScrapes(
  { host, port }: { readonly host: string; readonly port: number },
  page: () => { readonly type: string; readonly body: string },
): Promise<ScrapeEndpoint> {
  const server = createServer(
    { keepAliveTimeout: 15_000, headersTimeout: 5000, requestTimeout: 5000 },
    (asked, answer) => {
      asked.resume();
      const path = (asked.url ?? "").split("?")[0];
      const isRead = asked.method === "GET" || asked.method === "HEAD";
      if (!isRead || path !== PATH) {
        answer.writeHead(isRead ? 404 : 405, { "content-type": "text/plain" }).end(`The figures are at ${PATH}.\n`);
        return;
      }
      const { type, body } = page();
      answer.writeHead(200, { "content-type": type, "content-length": Buffer.byteLength(body) });
      answer.end(asked.method === "HEAD" ? undefined : body);
    },
  );
  server.maxConnections = 64;
  await listening(server, host, port);
  server.unref();
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}${PATH}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
