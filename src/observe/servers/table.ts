import { dcgm } from "./dcgm.ts";
import { dynamo } from "./dynamo.ts";
import { dynamoWorker } from "./dynamo-worker.ts";
import { envoy } from "./envoy.ts";
import { kubeState } from "./kube-state.ts";
import { litellm } from "./litellm.ts";
import { llamacpp } from "./llamacpp.ts";
import { milvus } from "./milvus.ts";
import { nginx } from "./nginx.ts";
import { nim } from "./nim.ts";
import { nodeExporter } from "./node-exporter.ts";
import { postgres } from "./postgres.ts";
import { processMetrics } from "./process.ts";
import { prometheus } from "./prometheus.ts";
import { qdrant } from "./qdrant.ts";
import { redis } from "./redis.ts";
import { sglang } from "./sglang.ts";
import { tensorrtLlm } from "./tensorrt-llm.ts";
import { tgi } from "./tgi.ts";
import { triton } from "./triton.ts";
import { trtllmServe } from "./trtllm-serve.ts";
import type { ServerEntry } from "./types.ts";
import { vllm } from "./vllm.ts";
import { vllmRouter } from "./vllm-router.ts";
import { weaviate } from "./weaviate.ts";

/** Every server that is recognised, one line each; a page may hold several. */
export const SERVERS: readonly ServerEntry[] = [
  vllm,
  vllmRouter,
  sglang,
  tgi,
  tensorrtLlm,
  triton,
  trtllmServe,
  llamacpp,
  nim,
  dynamo,
  dynamoWorker,
  litellm,
  envoy,
  nginx,
  redis,
  postgres,
  qdrant,
  milvus,
  weaviate,
  prometheus,
  dcgm,
  nodeExporter,
  kubeState,
  processMetrics,
];
