import type { Dialect } from "../../engine/types.ts";
import type { EngineMeter } from "./engine-meter.ts";
import { Exposition } from "./exposition.ts";
import { llamacppPage } from "./llamacpp.ts";
import { sglangPage } from "./sglang.ts";
import { type TwinState, twinPage } from "./twin.ts";
import { vllmPage } from "./vllm.ts";

function each(write: (page: Exposition, meter: EngineMeter) => void) {
  return (page: Exposition, meters: readonly EngineMeter[]): void => {
    for (const meter of meters) write(page, meter);
  };
}

const DIALECT_PAGES: Readonly<Record<Dialect, (page: Exposition, meters: readonly EngineMeter[]) => void>> = {
  vllm: each(vllmPage),
  sglang: each(sglangPage),
  llamacpp: llamacppPage,
};

/** The text of GET /metrics: every engine in its dialect's own names, then the twin's. */
export function metricsPage(state: TwinState): string {
  const page = new Exposition();
  for (const [dialect, write] of Object.entries(DIALECT_PAGES))
    write(
      page,
      state.meters.filter(({ running }) => running?.engine.spec.dialect === dialect),
    );
  twinPage(page, state);
  return page.toString();
}
