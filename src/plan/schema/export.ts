import { z } from "zod";
import { text } from "./fields.ts";
import { tls } from "./tls.ts";

const headers = z
  .record(z.string(), z.string().meta({ title: "Header value", description: "The header's value." }))
  .meta({ title: "Headers", description: 'Request headers. Take secrets from the environment: "Bearer ${API_KEY}".' });

const WRITE_URL = "Such as http://127.0.0.1:9090; without a path, /api/v1/write.";
const OTLP_URL = "Such as http://127.0.0.1:4318; without a path, /v1/metrics.";

const remoteWrite = z
  .union([
    text("URL", WRITE_URL, 2000),
    z
      .strictObject({ url: text("URL", WRITE_URL, 2000), headers: headers.optional(), tls: tls.optional() })
      .meta({ title: "Remote write with options", description: "A receiver that wants headers or trust." }),
  ])
  .meta({ title: "Remote write", description: "A receiver of Prometheus remote write, told once a second." });

const otlp = z
  .union([
    text("URL", OTLP_URL, 2000),
    z
      .strictObject({
        url: text("URL", OTLP_URL, 2000),
        headers: headers.optional(),
        tls: tls.optional(),
        encoding: z
          .enum(["protobuf", "json"])
          .meta({ title: "Encoding", description: "How figures are written. Default: protobuf." })
          .optional(),
      })
      .meta({ title: "OTLP with options", description: "A receiver that wants headers, trust or JSON." }),
  ])
  .meta({ title: "OTLP", description: "A receiver of OpenTelemetry metrics over HTTP, told once a second." });

const MOST_PORT = 65_535;

export const exportSchema = z
  .strictObject({
    remoteWrite: remoteWrite.optional(),
    otlp: otlp.optional(),
    listen: z
      .union([
        z
          .int()
          .min(0)
          .max(MOST_PORT)
          .meta({ title: "Port", description: "Of this machine, on loopback; 0 is any free one." }),
        text("Address", "Host and port, such as 0.0.0.0:9464.", 300),
      ])
      .meta({ title: "Listen", description: "Serves /metrics for Prometheus to scrape while the run lasts." })
      .optional(),
    labels: z
      .record(
        z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "expected letters, digits and _"),
        text("Label value", "The label's value.", 200),
      )
      .meta({ title: "Labels", description: "Labels of every series, beside `run` and `plan`." })
      .optional(),
  })
  .meta({ title: "Export", description: "Where the run's figures are told while it lasts." });
