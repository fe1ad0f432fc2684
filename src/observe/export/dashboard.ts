import { exported, prometheusName } from "./metrics.ts";
import { type Panel, ROWS } from "./panels.ts";

const COLUMNS = 24;
const HEIGHT: Readonly<Record<Panel["kind"], number>> = { timeseries: 8, "state-timeline": 5, heatmap: 8 };
const OPTIONS: Readonly<Record<Panel["kind"], object>> = {
  timeseries: {
    tooltip: { mode: "multi", sort: "desc" },
    legend: { displayMode: "list", placement: "bottom", showLegend: true, calcs: [] },
  },
  "state-timeline": {},
  heatmap: { calculate: false, yAxis: { unit: "s" }, color: { scheme: "Blues", mode: "scheme" } },
};
const SOURCE = { type: "prometheus", uid: "${datasource}" };
const TOLD_BY = prometheusName(exported("plimsoll.run.elapsed"));

/** A Grafana dashboard for what a run tells while it lasts: import it as JSON; it asks for the Prometheus to read. */
export function grafanaDashboard(): object {
  const panels: object[] = [];
  let y = 0;
  for (const { title, panels: row } of ROWS) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
    });
    y += 1;
    let x = 0;
    let height = 0;
    for (const panel of row) {
      if (x + panel.width > COLUMNS) {
        x = 0;
        y += height;
        height = 0;
      }
      const h = HEIGHT[panel.kind];
      panels.push(drawn(panel, panels.length + 1, { x, y, w: panel.width, h }));
      x += panel.width;
      height = Math.max(height, h);
    }
    y += height;
  }
  return {
    title: "Plimsoll",
    uid: "plimsoll",
    description: "What a load test tells while it runs.",
    tags: ["plimsoll", "load test"],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: "5s",
    time: { from: "now-15m", to: "now" },
    timezone: "browser",
    templating: { list: [source(), choice("plan", ""), choice("run", 'plan=~"$plan"')] },
    annotations: { list: [] },
    panels,
  };
}

function drawn({ title, kind, unit, queries, stacked, max, says }: Panel, id: number, gridPos: object): object {
  return {
    id,
    type: kind,
    title,
    description: says,
    datasource: SOURCE,
    gridPos,
    targets: queries.map(({ promql, legend }, i) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + i),
      datasource: SOURCE,
      expr: promql,
      legendFormat: legend,
      ...(kind === "heatmap" ? { format: "heatmap" } : {}),
      range: true,
    })),
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(max === undefined ? {} : { max }),
        ...(kind === "timeseries"
          ? { custom: { showPoints: "never", ...(stacked ? { stacking: { mode: "normal" }, fillOpacity: 30 } : {}) } }
          : {}),
      },
      overrides: [],
    },
    options: OPTIONS[kind],
  };
}

function source(): object {
  return { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" };
}

/** A choice among the values that a label has. */
function choice(label: string, among: string): object {
  const query = `label_values(${TOLD_BY}{${among}}, ${label})`;
  return {
    name: label,
    label: label === "run" ? "Run" : "Plan",
    type: "query",
    datasource: SOURCE,
    query: { query, refId: label },
    definition: query,
    includeAll: true,
    multi: true,
    current: { text: "All", value: "$__all" },
    refresh: 2,
    sort: 2,
  };
}
