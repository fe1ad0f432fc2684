import { expect, test } from "vitest";
import { samplesOf, tellsText, textFixture, told } from "./test/read-fixture.ts";

test("a GPU is told in shares and bytes, one replica each, a part of one by what it has", () => {
  expect(tellsText("dcgm")).toEqual({
    dcgm: {
      "gpu.used@n1/0": 0.98,
      "gpu.used@n1/1/3": 0.31,
      "gpu.tensor@n1/0": 0.12,
      "gpu.dram@n1/0": 0.81,
      "gpu.memory@n1/0": 73_400_300_000,
      "gpu.memory.limit@n1/0": 84_934_700_000,
      "gpu.power@n1/0": 640.5,
      "gpu.clock@n1/0": 1980,
      "gpu.clock@n1/1": 1200,
    },
  });
});

test("a host's CPU is a share of all its cores between two scrapes", () => {
  const [first, later] = [textFixture("node-exporter"), textFixture("node-exporter-later")];
  const idle = idleOf(later) - idleOf(first);
  const all = allOf(later) - allOf(first);
  const { host } = told(samplesOf(first), samplesOf(later));
  expect(host).toMatchObject({ "host.cores": 2, "host.cpu": Number((1 - idle / all).toPrecision(6)) });
  expect(host?.["host.disk"]).toBeGreaterThanOrEqual(0);
  expect(host?.["host.memory"]).toBeGreaterThan(0);
  expect(host?.["host.memory"]).toBeLessThan(1);
  expect(tellsText("node-exporter").host).not.toHaveProperty("host.cpu");
});

test("Kubernetes tells each deployment's replicas by itself, with what its autoscaler allows", () => {
  expect(tellsText("kube-state")).toEqual({
    kubernetes: {
      "replicas.ready@ai/chat": 3,
      "replicas.ready@ai/guard": 1,
      "replicas.ready@ai/qdrant": 2,
      "replicas.wanted@ai/chat": 4,
      "replicas.wanted@ai/guard": 1,
      "replicas.wanted@ai/qdrant": 3,
      "replicas.limit@ai/chat": 6,
      "replicas.restarts@ai": 3,
    },
  });
});

test("a Node program's own page tells of its process and its event loop", () => {
  expect(tellsText("node-process")).toEqual({
    process: {
      "process.cpu": 0.038174,
      "process.memory": 57_876_500,
      "process.files": 19,
      "process.files.limit": 20_000,
      "process.loop.lag": 0,
    },
  });
});

const times = (text: string, modes: RegExp): number =>
  [...text.matchAll(/^node_cpu_seconds_total\{cpu="\d+",mode="(\w+)"\} (\S+)$/gm)]
    .filter(([, mode = ""]) => modes.test(mode))
    .reduce((sum, [, , seconds]) => sum + Number(seconds), 0);
const idleOf = (text: string): number => times(text, /^(idle|iowait)$/);
const allOf = (text: string): number => times(text, /./);
