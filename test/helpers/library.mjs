// Uses the package as a program of its own would: by its name, from what `npm run build` made.
import { definePlan, run } from "plimsoll";

const [, , url, runs] = process.argv;
const plan = definePlan({ target: { url: `${url}/v1`, model: "m" }, stages: [{ steady: "1s", at: "10/s" }], runs });
const summary = await run(plan);
process.stdout.write(JSON.stringify(summary));
