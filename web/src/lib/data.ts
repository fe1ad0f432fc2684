import type { PageData } from "../../../src/report/page/types.ts";

/** What report/page embedded; it wrote the file, so its shape is known. */
export function embeddedData(): PageData {
  const text = document.querySelector("#page-data")?.textContent ?? "";
  const data: PageData = JSON.parse(text);
  return data;
}
