import { nearest } from "../../plan/index.ts";
import type { Feed } from "../feeds.ts";
import type { Files } from "../files.ts";
import type { Position } from "../order.ts";

type Piece = string | { readonly feed: Feed; readonly column: string };

/** Fills a text's placeholders for a place in the run. */
export type Template = (at: Position) => string;

const PLACEHOLDER = /\{\{\s*([\p{L}\p{N}_-]+)\.([^{}]+?)\s*\}\}/gu;

/** Reads `{{feed.column}}` in a text; what names no feed or column is a fault at `path`. */
export function templateOf(text: string, feeds: ReadonlyMap<string, Feed>, files: Files, path: string): Template {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const [whole, name = "", column = ""] = match;
    pieces.push(text.slice(end, match.index));
    end = match.index + whole.length;
    const feed = feeds.get(name);
    if (feed?.columns.includes(column)) pieces.push({ feed, column });
    else files.faults.push({ ...unknown(name, column, feed, feeds), path, received: whole });
  }
  pieces.push(text.slice(end));
  return (at) =>
    pieces.map((piece) => (typeof piece === "string" ? piece : piece.feed.row(at).get(piece.column))).join("");
}

function unknown(name: string, column: string, feed: Feed | undefined, feeds: ReadonlyMap<string, Feed>) {
  const known = feed?.columns ?? [...feeds.keys()];
  const meant = nearest(feed === undefined ? name : column, known);
  const hint =
    meant === undefined
      ? known.length === 0
        ? "Describe it under workload.feeds, with its file."
        : `Use one of ${known.slice(0, 20).join(", ")}.`
      : `Did you mean \`${meant}\`?`;
  return feed === undefined
    ? { code: "WORKLOAD_UNKNOWN_FEED", message: `there is no feed ${name}`, hint }
    : { code: "WORKLOAD_COLUMN_MISSING", message: `the feed ${name} has no column ${column}`, hint };
}
