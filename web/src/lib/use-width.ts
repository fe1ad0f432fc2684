import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { onPrint } from "./print.ts";

/** CSS pixels of a printed page's text, on A4 and on Letter. */
export const PAPER_WIDTH = 690;

/** An element's width, known before its first paint and followed from then on. */
export function useWidth<E extends HTMLElement>(): readonly [RefObject<E | null>, number] {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const look = (): void => {
      if (element.clientWidth > 0) setWidth(element.clientWidth);
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    const forget = onPrint((onPaper) => {
      if (!onPaper) look();
    });
    return () => {
      observer.disconnect();
      forget();
    };
  }, []);
  return [ref, width];
}
