import { afterEach, describe, expect, test } from "vitest";
import { openaiAnswer } from "../../test/helpers/answers.ts";
import { clientFor, turnOf, until } from "../../test/helpers/ask.ts";
import { type RawServer, rawServer } from "../../test/helpers/raw-server.ts";
import { type Client, type Exchange, newExchange } from "./index.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function serve(): Promise<{ server: RawServer; places: number[] }> {
  /** Of each request, its number on its connection. */
  const places: number[] = [];
  const server = await rawServer((_request, _number, onConnection) => {
    places.push(onConnection);
    return openaiAnswer(["Hello"]);
  });
  open.push(server);
  return { server, places };
}

function ask(client: Client, sessionId: string): Promise<Exchange> {
  return new Promise((resolve) => void client.send(turnOf("hi", { sessionId }), newExchange(), resolve));
}

describe("a connection", () => {
  test("that is a session's serves its turns alone, and is closed with it", async () => {
    const { server, places } = await serve();
    const client = clientFor(server.url, { connections: { max: 9, keepAlive: true, per: "session" } });
    open.unshift(client);
    for (const session of ["a", "b", "a", "b"])
      expect(await ask(client, session)).toMatchObject({ outcome: "complete" });
    expect([places, server.connections(), client.openSockets]).toEqual([[0, 0, 1, 1], 2, 2]);
    client.endSession("a");
    await until(() => client.openSockets === 1);
    expect(await ask(client, "a")).toMatchObject({ outcome: "complete" });
    expect(server.connections()).toBe(3);
  });

  test("of a session that thinks is given up at the cap, so that no other waits for its thoughts", async () => {
    const { server } = await serve();
    const client = clientFor(
      server.url,
      { connections: { max: 1, keepAlive: true, per: "session" } },
      { maxSockets: 1 },
    );
    open.unshift(client);
    for (const session of ["a", "b", "a"]) expect(await ask(client, session)).toMatchObject({ outcome: "complete" });
    expect([server.connections(), client.openSockets]).toEqual([3, 1]);
  });

  test.each(["pool", "session"] as const)("that was opened ahead serves the first who asks (per %s)", async (per) => {
    const { server, places } = await serve();
    const client = clientFor(server.url, { connections: { max: 9, keepAlive: true, per, warm: 2 } });
    open.unshift(client);
    await until(() => server.connections() === 2);
    // A warm connection is known to be open a turn of the loop after the server has it.
    await new Promise((resolve) => setImmediate(resolve));
    const both = await Promise.all([ask(client, "a"), ask(client, "b")]);
    expect(both.map(({ outcome, dialledAt }) => [outcome, dialledAt])).toEqual(Array(2).fill(["complete", Number.NaN]));
    expect([await ask(client, "a").then(({ outcome }) => outcome), server.connections()]).toEqual(["complete", 2]);
    expect(places.toSorted((one, other) => one - other)).toEqual([0, 0, 1]);
  });
});
