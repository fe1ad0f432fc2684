import type { PageData } from "../../../src/report/page/types.ts";

/** What report/page embedded. It wrote this very file, so its shape follows from its schema's name. */
export function embeddedData(): PageData {
  const data: unknown = JSON.parse(document.querySelector("#page-data")?.textContent ?? "null");
  if (!isPageData(data)) throw new TypeError("This page holds no data that it can read.");
  return data;
}

function isPageData(data: unknown): data is PageData {
  return typeof data === "object" && data !== null && "schema" in data && data.schema === "plimsoll/page/1";
}
