const listeners = new Set<(onPaper: boolean) => void>();

/** Calls back before the page is printed, when its colours are already those of paper, and after. */
export function onPrint(listener: (onPaper: boolean) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Opens every section for print, and closes those again that were closed. */
export function openForPrint(): void {
  let closed: readonly HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    document.documentElement.classList.add("printing");
    closed = [...document.querySelectorAll("details")].filter((details) => !details.open);
    for (const details of closed) details.open = true;
    for (const listener of listeners) listener(true);
  });
  addEventListener("afterprint", () => {
    document.documentElement.classList.remove("printing");
    for (const details of closed) details.open = false;
    for (const listener of listeners) listener(false);
  });
}
