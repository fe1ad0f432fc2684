// Answers `{ prompt, max }` at once, with the tokens of the prompt (o200k_base) and `max` as its usage: what went over the wire, counted on the other side.
import { createServer } from "node:http";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const { prompt, max } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const usage = { prompt_tokens: countTokens(prompt), completion_tokens: Number(max) };
    const body = JSON.stringify({ text: "ok", usage });
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
