import { countOf, map, sumOf, total, value } from "./source.ts";
import type { ServerEntry, Source } from "./types.ts";

/** Searches, of all that it is asked: upserts and looks at collections are no queries. */
const SEARCH = { endpoint: /search|query|recommend|discover/i };
const names = (name: string): readonly string[] => [name, `qdrant_${name}`];

const each = (make: (protocol: string) => Source): Source => total(make("rest"), make("grpc"));

/** Qdrant, over REST and gRPC, with or without its prefix. */
export const qdrant: ServerEntry = {
  kind: "qdrant",
  title: "Qdrant",
  tells: [
    ["collections_total", "app_info"],
    ["qdrant_collections_total", "qdrant_app_info"],
  ],
  replica: [],
  maps: [
    map(
      "store.queries",
      each((protocol) => value(names(`${protocol}_responses_total`), { where: SEARCH })),
    ),
    map(
      "store.failed",
      total(
        value(names("rest_responses_total"), { where: { ...SEARCH, status: /^5/ } }),
        value(names("grpc_responses_fail_total"), { where: SEARCH }),
      ),
    ),
    map(
      "store.query.ms",
      each((protocol) => sumOf(names(`${protocol}_responses_duration_seconds`), { where: SEARCH, scale: 1000 })),
    ),
    map(
      "store.query.count",
      each((protocol) => countOf(names(`${protocol}_responses_duration_seconds`), { where: SEARCH })),
    ),
    map("process.memory", value(names("memory_resident_bytes"))),
  ],
};
