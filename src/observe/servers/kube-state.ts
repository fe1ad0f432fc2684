import { map, total, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/** Replica counts by kube-state-metrics, one deployment, stateful set or autoscaler a `replica`. */
export const kubeState: ServerEntry = {
  kind: "kubernetes",
  title: "Kubernetes (kube-state-metrics)",
  tells: [
    ["kube_deployment_spec_replicas"],
    ["kube_statefulset_replicas"],
    ["kube_horizontalpodautoscaler_spec_max_replicas"],
  ],
  replica: ["namespace", "deployment", "statefulset", "horizontalpodautoscaler"],
  maps: [
    map(
      "replicas.ready",
      total(
        value(["kube_deployment_status_replicas_ready", "kube_deployment_status_replicas_available"]),
        value("kube_statefulset_status_replicas_ready"),
      ),
    ),
    map("replicas.wanted", total(value("kube_deployment_spec_replicas"), value("kube_statefulset_replicas"))),
    map("replicas.limit", value(["kube_horizontalpodautoscaler_spec_max_replicas", "kube_hpa_spec_max_replicas"])),
    map("replicas.restarts", value("kube_pod_container_status_restarts_total")),
  ],
};
