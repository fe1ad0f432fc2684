import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { EXIT } from "../../../base/index.ts";
import { type Called, callIn } from "../../test/call.ts";

const STACK = fileURLToPath(new URL("../../../../examples/stacks/rag-support-desk.yaml", import.meta.url));

const call = (...args: readonly string[]): Promise<Called> => callIn(".", args);

describe("plimsoll twin weaknesses", () => {
  it("lists every weakness, as text and as JSON", async () => {
    const [text, json] = [await call("twin", "weaknesses"), await call("twin", "weaknesses", "--json")];
    expect(text).toMatchObject({ code: EXIT.held, err: "" });
    const list: readonly { readonly name: string }[] = JSON.parse(json.out);
    expect(list.length).toBeGreaterThan(20);
    for (const { name } of list) expect(text.out).toContain(name);
  });

  it("says for a stack which of them fit it, and plants only those", async () => {
    const { out } = await call("twin", "weaknesses", STACK, "--json");
    const list: readonly { readonly name: string; readonly fits: boolean }[] = JSON.parse(out);
    const fits = new Map(list.map((one) => [one.name, one.fits]));
    expect([fits.get("slow-retrieval"), fits.get("router-skew"), fits.get("region-failover")]).toEqual([
      true,
      true,
      false,
    ]);
    expect(await call("twin", "serve", STACK, "--port", "0", "--weakness", "region-failover")).toMatchObject({
      code: EXIT.planInvalid,
      err: expect.stringContaining("WEAKNESS_UNFIT"),
    });
  });
});
