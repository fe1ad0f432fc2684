import { afterEach, expect, test } from "vitest";
import { type RawServer, rawServer } from "../../../test/helpers/raw-server.ts";
import { PartReader } from "../mapping/reader.ts";
import { answer } from "../test/answers.ts";
import { PrometheusServerSource } from "./prometheus-server.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const metric = (name: string, labels: object, value: string) => ({
  metric: { ...(name === "" ? {} : { __name__: name }), ...labels },
  value: [1700000000.1, value],
});
const vector = (...result: readonly object[]) =>
  answer(JSON.stringify({ status: "success", data: { resultType: "vector", result } }), "application/json");

async function asked(
  script: Parameters<typeof rawServer>[0],
  options: Partial<ConstructorParameters<typeof PrometheusServerSource>[0]> = {},
): Promise<{ server: RawServer; source: PrometheusServerSource }> {
  const server = await rawServer(script);
  const source = new PrometheusServerSource({
    name: "prometheus",
    url: `${server.url}/prefix/`,
    where: server.url,
    headers: {},
    queries: [],
    jobs: [],
    ...options,
  });
  ends.push(() => source.close(), server.close);
  return { server, source };
}

const look = (source: PrometheusServerSource) => source.look(AbortSignal.timeout(5000));
const queryOf = (request: string | undefined) => new URLSearchParams(request?.split("\r\n\r\n")[1]).get("query");

test("is asked for every series that is known, of the jobs that the plan names", async () => {
  const { server, source } = await asked(() => vector(), { jobs: ["llm", "a.b"] });
  await look(source);
  expect(server.requests[0]).toMatch(/^POST \/prefix\/api\/v1\/query /);
  const query = queryOf(server.requests[0]) ?? "";
  expect(query).toContain("vllm:num_requests_waiting");
  expect(query).toContain("vllm:time_to_first_token_seconds_sum");
  expect(query).not.toContain("*");
  expect(query).toMatch(/,job=~"llm\|a\\\\.b"\}$/);
});

test("tells a part for each job and a replica for each instance, by the same concepts", async () => {
  const of = (instance: string, engine: string) => ({ job: "llm", instance, engine });
  const { source } = await asked(() =>
    vector(
      metric("vllm:num_requests_running", of("a:1", "0"), "3"),
      metric("vllm:num_requests_running", of("b:1", "0"), "4"),
      metric("vllm:time_to_first_token_seconds_sum", of("a:1", "0"), "1.5"),
      metric("redis_up", { job: "cache", instance: "c:1" }, "1"),
    ),
  );
  const { parts } = await look(source);
  expect(parts.map(({ part, samples }) => [part, samples.length])).toEqual([
    ["llm", 3],
    ["cache", 1],
  ]);
  const { points } = new PartReader("llm", source.table).read(parts[0]?.samples ?? [], 0);
  expect(points.map(({ name, labels, value }) => [name, labels, value])).toEqual(
    expect.arrayContaining([
      ["server.running", '{part="llm",replica="a:1/0",server="vllm"}', 3],
      ["server.running", '{part="llm",replica="b:1/0",server="vllm"}', 4],
      ["server.ttft.ms", '{part="llm",replica="a:1/0",server="vllm"}', 1500],
    ]),
  );
});

test("keeps a job apart from a page of the plan that is called alike", async () => {
  const { source } = await asked(
    () => vector(metric("redis_up", { job: "cache" }, "1"), metric("up", { job: "x" }, "1")),
    {
      others: ["cache"],
    },
  );
  expect((await look(source)).parts.map(({ part }) => part)).toEqual(["cache (prometheus)", "x"]);
});

test("answers the plan's own queries, which name what has no name", async () => {
  const { server, source } = await asked(
    (_, number) =>
      number === 0
        ? vector(metric("", { pod: "x" }, "0.25"))
        : answer('{"status":"success","data":{"resultType":"scalar","result":[1,"NaN"]}}', "application/json"),
    {
      queries: [
        { name: "cpu", query: "rate(cpu[1m])" },
        { name: "one", query: "scalar(x)" },
      ],
    },
  );
  const { parts } = await look(source);
  expect(server.requests.map(queryOf)).toEqual(["rate(cpu[1m])", "scalar(x)"]);
  expect(parts.flatMap(({ part, samples }) => samples.map(({ name, value }) => [part, name, value]))).toEqual([
    ["prometheus", "cpu", 0.25],
    ["prometheus", "one", Number.NaN],
  ]);
});

test.each([
  [
    "an error",
    answer('{"status":"error","errorType":"bad_data","error":"parse error"}', "application/json", "400 Bad Request"),
    "status",
  ],
  [
    "another API",
    answer('{"status":"success","data":{"resultType":"matrix","result":[]}}', "application/json"),
    "malformed",
  ],
  ["no JSON", answer("<html>", "text/html"), "malformed"],
])("that answers with %s fails the look", async (_, steps, code) => {
  const { source } = await asked(() => steps);
  await expect(look(source)).rejects.toMatchObject({ code });
});
