import type { Importer } from "../types.ts";
import { artillery } from "./artillery.ts";
import { curl } from "./curl.ts";
import { har } from "./har.ts";
import { k6 } from "./k6.ts";
import { locust } from "./locust.ts";
import { openapi } from "./openapi.ts";

/** What a plan can be made of; asked in this order whether they know a text. */
export const IMPORTERS: readonly Importer[] = [har, openapi, k6, locust, curl, artillery];
