const event = <N extends string>(name: N, meaning: string) => ({ name, meaning }) as const;

/** Events of kind `observe`. Their detail tells `part` (the source) and `where` (its URL without secrets, its port or pid), and more as below. */
export const OBSERVE_EVENTS = [
  event("found", "the target has a metrics page, which nobody had named"),
  event("recognised", "which servers (`servers`) a page is of, and how many series it has"),
  event("page-missing", "a recognised server does not have a further page (`path`) of its kind"),
  event("lost", "a scrape failed (`code`, `why`), and the one before had not, or for another reason"),
  event(
    "refused",
    "the same, where an answer is malformed, too large or without end, or where a page that nobody had named wants other credentials",
  ),
  event("back", "a scrape succeeded again, `for` ms and `failed` scrapes after it was lost"),
  event(
    "given-up",
    "answers were refused again and again, or are of several servers in turn: it is not asked any more",
  ),
  event("reset", "`counters` are lower than at the scrape before: the server began again"),
  event(
    "series-left-out",
    "a source has more series than are kept: how many were left out so far, told when it has doubled",
  ),
  event("parts-left-out", "a Prometheus server has more jobs than are kept"),
  event("observer-lost", "the observer itself has ended (`why`); the run goes on without it"),
] as const;

export type ObserveEventName = (typeof OBSERVE_EVENTS)[number]["name"];
