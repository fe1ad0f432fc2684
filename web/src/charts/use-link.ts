import { useEffect, useState } from "preact/hooks";
import type { TimeLink } from "./time-link.ts";

/** Draws the component again when the shared range changes, or the cursor moves. */
export function useLink(link: TimeLink, to: "range" | "cursor"): void {
  const [, redraw] = useState<unknown>(undefined);
  useEffect(() => link.watch(() => redraw(to === "range" ? link.range : link.at)), [link, to]);
}
