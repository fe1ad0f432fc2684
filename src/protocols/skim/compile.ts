import type { PathStep } from "./path.ts";

/** A place in the tree of wanted paths. Slots are the numbers under which the value found here is reported. */
export interface PathNode {
  readonly slots: number[];
  readonly names: Buffer[];
  readonly members: PathNode[];
  readonly indexes: number[];
  readonly elements: PathNode[];
  /** The scan that last came by; a second visit in one scan is a duplicate key. */
  seen: number;
}

export interface WantedPath {
  readonly slot: number;
  readonly steps: readonly PathStep[];
}

export function emptyNode(): PathNode {
  return { slots: [], names: [], members: [], indexes: [], elements: [], seen: 0 };
}

/** Merges the paths into one tree, so that one scan of an event finds all of them. */
export function compilePaths(paths: readonly WantedPath[]): PathNode {
  const root = emptyNode();
  for (const { slot, steps } of paths) {
    let node = root;
    for (const step of steps) node = typeof step === "number" ? element(node, step) : member(node, step);
    node.slots.push(slot);
  }
  return root;
}

function member(node: PathNode, name: string): PathNode {
  const bytes = Buffer.from(name);
  const known = node.members[node.names.findIndex((other) => other.equals(bytes))];
  if (known) return known;
  const made = emptyNode();
  node.names.push(bytes);
  node.members.push(made);
  return made;
}

function element(node: PathNode, index: number): PathNode {
  const known = node.elements[node.indexes.indexOf(index)];
  if (known) return known;
  const made = emptyNode();
  node.indexes.push(index);
  node.elements.push(made);
  return made;
}
