import type uPlot from "uplot";
import type { TimeLink } from "./time-link.ts";

type Act = (chart: uPlot, link: TimeLink, far: boolean) => void;

const move =
  (direction: number): Act =>
  (chart, link, far) => {
    const last = chart.data[0].length - 1;
    const start = chart.valToIdx(link.range[0]);
    const next = (link.at ?? start - direction) + direction * (far ? 10 : 1);
    link.point(Math.max(0, Math.min(last, next)));
  };

const zoom =
  (factor: number): Act =>
  (chart, link) => {
    const [from, to] = link.range;
    const middle = link.at === undefined ? (from + to) / 2 : (chart.data[0][link.at] ?? (from + to) / 2);
    const half = ((to - from) * factor) / 2;
    link.zoom(middle - half, middle + half);
  };

const KEYS: Readonly<Record<string, Act>> = {
  ArrowLeft: move(-1),
  ArrowRight: move(1),
  "+": zoom(0.5),
  "=": zoom(0.5),
  "-": zoom(2),
  Escape: (_, link) => {
    link.point(undefined);
    link.zoom(...link.whole);
  },
};

/** What the keyboard does on a chart that has the focus. */
export function chartKeys(element: HTMLElement, chart: uPlot, link: TimeLink): () => void {
  const onKey = (event: KeyboardEvent): void => {
    const act = KEYS[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act(chart, link, event.shiftKey);
  };
  element.addEventListener("keydown", onKey);
  return () => element.removeEventListener("keydown", onKey);
}
