import { jsonBody } from "../json.ts";
import { beginsWithReference, reference } from "../reference.ts";
import { type ShellWord, shellCommands } from "../script/shell.ts";
import type { Call, Draft, Importer, Left, Source } from "../types.ts";

/** curl commands, as API documents and a browser's `Copy as cURL` write them. */
export const curl: Importer = {
  name: "curl",
  title: "curl command",
  recognises: ({ text }) => /(?:^|\n)[ \t]*(?:\$ )?curl(?:\.exe)?\s/.test(text),
  read,
};

interface Command {
  method: string | undefined;
  url: string | undefined;
  readonly headers: Record<string, string>;
  readonly data: string[];
  json: boolean;
  readonly left: string[];
}

type Take = (command: Command, value: string, word: ShellWord) => void;

const header: Take = ({ headers }, value) => {
  const [, name, text] = /^([^:;]+):\s*([\s\S]*)$/.exec(value) ?? [];
  if (name !== undefined && text !== undefined && name !== "__proto__")
    headers[name.trim().toLowerCase()] = text.trim();
};

const data: Take = (command, value) => {
  if (/^@/.test(value))
    command.left.push(`the body of the file ${value.slice(1)}: files that a command names are not opened`);
  else command.data.push(value);
};

/** Options that take a value, and what it is taken for; the others of curl that take one are named for their value to be skipped. */
const OPTIONS: Readonly<Record<string, Take>> = {
  "-X": (command, value) => {
    command.method = value.toUpperCase();
  },
  "--url": (command, value) => {
    command.url = value;
  },
  "-H": header,
  "-d": data,
  "--data-raw": (command, value) => command.data.push(value),
  "--json": (command, value, word) => {
    command.json = true;
    data(command, value, word);
  },
  "-u": (command) => {
    // The plan's variable holds user:password in base64, as the header has it.
    command.headers["authorization"] = `Basic ${reference("API_KEY")}`;
    command.left.push("-u: set API_KEY to the base64 of user:password");
  },
  "-b": (command, value) => {
    if (value.includes("=")) command.headers["cookie"] = value;
  },
  "-F": ({ left }) => left.push("-F: a form with files"),
  "--data-urlencode": ({ left }) => left.push("--data-urlencode: a form"),
  "-x": ({ left }) => left.push("-x: the proxy; a plan takes it from HTTPS_PROXY"),
  "--cert": ({ left }) => left.push("--cert: client certificates"),
};
const SAME: Readonly<Record<string, string>> = {
  "--request": "-X",
  "--header": "-H",
  "--data": "-d",
  "--data-binary": "-d",
  "--data-ascii": "-d",
  "--user": "-u",
  "--cookie": "-b",
  "--form": "-F",
  "--proxy": "-x",
  "-E": "--cert",
};
const SKIPPED = new Set(
  "-o --output -m --max-time --connect-timeout --retry --retry-delay -w --write-out -A --user-agent -e --referer -c --cookie-jar --cacert --capath --key --resolve --limit-rate -T --upload-file -D --dump-header --interface -r --range --max-redirs --tls-max --ciphers --retry-max-time -K --config".split(
    " ",
  ),
);
const SWITCHES: Readonly<Record<string, string>> = {
  "-k": "-k: certificates that are not verified; see target.tls.verify",
  "--insecure": "-k: certificates that are not verified; see target.tls.verify",
  "-G": "-G: data in the query",
};

function read({ text }: Source): Draft {
  const left: Left[] = [];
  const commands = shellCommands(text).filter(({ words }) => /^curl(?:\.exe)?$/.test(words[0]?.text ?? ""));
  const calls = commands.flatMap(({ words, line }): Call[] => {
    const place = `line ${line}`;
    const command = commandOf(words.slice(1));
    for (const what of command.left) left.push({ place, what });
    if (command.url === undefined) {
      left.push({ place, what: "a curl command without a URL" });
      return [];
    }
    const sent = command.data.join("&");
    const body = command.data.length === 0 ? undefined : jsonBody(sent);
    if (command.data.length > 0 && body === undefined) left.push({ place, what: "a body that is no JSON" });
    return [
      {
        place,
        method: command.method ?? (command.data.length > 0 ? "POST" : "GET"),
        url:
          /^[a-z]+:\/\//i.test(command.url) || beginsWithReference(command.url) ? command.url : `http://${command.url}`,
        headers: command.headers,
        ...(body === undefined ? {} : { body }),
        group: "user",
        weight: 1,
      },
    ];
  });
  const what = commands.length === 1 ? "a curl command" : `${commands.length} curl commands`;
  return { what, calls, slo: [], left };
}

function commandOf(words: readonly ShellWord[]): Command {
  const command: Command = { method: undefined, url: undefined, headers: {}, data: [], json: false, left: [] };
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) break;
    const { name, value } = optionOf(word.text);
    if (name === undefined) {
      command.url ??= word.text;
      continue;
    }
    const take = OPTIONS[SAME[name] ?? name];
    const told = SWITCHES[name];
    if (told !== undefined) command.left.push(told);
    if (take === undefined && !SKIPPED.has(name)) continue;
    const given = value ?? words[++i]?.text;
    if (given !== undefined) take?.(command, given, word);
  }
  return command;
}

/** `-XPOST`, `--request=POST`, `-sSL`: the option, and its value where it is part of the word. A cluster of switches has none. */
function optionOf(text: string): { readonly name: string | undefined; readonly value: string | undefined } {
  if (!text.startsWith("-") || text === "-") return { name: undefined, value: undefined };
  if (text.startsWith("--")) {
    const [name = "", ...rest] = text.split("=");
    return { name, value: rest.length === 0 ? undefined : rest.join("=") };
  }
  const name = text.slice(0, 2);
  const known = (OPTIONS[SAME[name] ?? name] !== undefined && name !== "-G") || SKIPPED.has(name);
  if (known) return { name, value: text.length > 2 ? text.slice(2) : undefined };
  // The last of a cluster may take a value: -sX POST.
  const last = `-${text.at(-1) ?? ""}`;
  return { name: text.length > 2 ? last : name, value: undefined };
}
