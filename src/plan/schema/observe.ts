import { z } from "zod";
import { count, flag, quantity, text } from "./fields.ts";
import { tls } from "./tls.ts";

const url = (title: string, description: string) => text(title, description, 2000);
const name = text("Name", "The label `part` of its series. Default: the host and port.", 100);
const headers = z
  .record(z.string(), z.string().meta({ title: "Header value", description: "The header's value." }))
  .meta({ title: "Headers", description: 'Request headers. Take secrets from the environment: "Bearer ${API_KEY}".' });

const page = z
  .union([
    url("URL", "Of a metrics page, such as http://127.0.0.1:8000/metrics."),
    z
      .strictObject({
        url: url("URL", "Of a metrics page, such as http://127.0.0.1:8000/metrics."),
        name: name.optional(),
        headers: headers.optional(),
        tls: tls.optional(),
      })
      .meta({ title: "Metrics page with options", description: "A metrics page that needs a name, headers or trust." }),
  ])
  .meta({ title: "Metrics page", description: "A page in Prometheus text, OpenMetrics text or JSON." });

const query = z
  .union([
    text("Query", "PromQL of an instant vector, such as `vllm:num_requests_waiting`.", 10_000),
    z
      .strictObject({
        query: text("Query", "PromQL of an instant vector.", 10_000),
        name: text("Name", "Of results that bear no metric's name, such as those of rate(...).", 100).optional(),
      })
      .meta({ title: "Query with a name", description: "A query whose result has no name of its own." }),
  ])
  .meta({ title: "Query", description: "What is asked of the Prometheus server on the beat." });

const server = z
  .strictObject({
    url: url("URL", "Of the Prometheus server, such as http://127.0.0.1:9090."),
    name: name.optional(),
    headers: headers.optional(),
    tls: tls.optional(),
    queries: z
      .array(query)
      .min(1)
      .max(50)
      .meta({ title: "Queries", description: "PromQL. Default: every series whose meaning Plimsoll knows." })
      .optional(),
    jobs: z
      .array(text("Job", "A value of the label `job`.", 200))
      .min(1)
      .max(100)
      .meta({ title: "Jobs", description: "Jobs that are asked about. Default: all." })
      .optional(),
  })
  .meta({ title: "Prometheus server", description: "An existing Prometheus server, asked by instant queries." });

const MOST_PID = 2 ** 22;
const MOST_PORT = 65_535;

const observedProcess = z
  .strictObject({
    pid: count("Process id", "Of a process of this machine.", 1, MOST_PID).optional(),
    port: count("Port", "TCP port that the process listens on, on this machine.", 1, MOST_PORT).optional(),
    name: text("Name", "The label `part` of its series. Default: `pid <pid>` or `port <port>`.", 100).optional(),
  })
  .meta({ title: "Process", description: "A process of this machine, by pid or by port: CPU, memory, open files." });

export const observeSchema = z
  .strictObject({
    prometheus: z
      .array(page)
      .max(100)
      .meta({ title: "Metrics pages", description: "Pages that are scraped on the beat." })
      .optional(),
    every: quantity("duration", "Every", "Time between two scrapes. Default: 333ms.").optional(),
    discover: flag(
      "Discover",
      "Whether to look for a metrics page at the target: /metrics, /v1/metrics, /prometheus/metrics. Default: true.",
    ).optional(),
    server: server.optional(),
    processes: z
      .array(observedProcess)
      .max(100)
      .meta({ title: "Processes", description: "Processes of this machine that are looked at on the beat." })
      .optional(),
  })
  .meta({ title: "Observation", description: "What is watched while the load runs, on the load's own time axis." });
