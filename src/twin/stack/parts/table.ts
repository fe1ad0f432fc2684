import { app } from "./app.ts";
import { type BoundEntry, bind } from "./bind.ts";
import { embedder } from "./embedder.ts";
import { external } from "./external.ts";
import { gateway } from "./gateway.ts";
import { pool } from "./pool.ts";
import { regions } from "./regions.ts";
import { responseCache } from "./response-cache.ts";
import { router } from "./router.ts";
import { station } from "./station.ts";
import { vectorDb } from "./vector-db.ts";

/** Every kind of part. One file a kind; a new one is named here and nowhere else. */
const ENTRIES: readonly BoundEntry[] = [
  bind(app),
  bind(embedder),
  bind(external),
  bind(gateway),
  bind(pool),
  bind(regions),
  bind(responseCache),
  bind(router),
  bind(station),
  bind(vectorDb),
];

export const PARTS: ReadonlyMap<string, BoundEntry> = new Map(ENTRIES.map((entry) => [entry.kind, entry]));
