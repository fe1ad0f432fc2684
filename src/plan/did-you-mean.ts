/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, each at cost 1. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

const LONGEST = 64;

/** Letters that a cut-off name has at least, to stand for the one name that begins so. */
const SHORTEST_BEGINNING = 3;

/** The known name nearest to a mistyped one, if it is near enough to be meant: at most a third of its letters differ, or it alone begins so. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > LONGEST) return undefined;
  const plain = simplify(name);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const target = simplify(candidate);
    const distance = editDistance(plain, target);
    const allowed = Math.max(1, Math.floor(Math.max(plain.length, target.length) / 3));
    if (distance <= allowed && distance < bestDistance && distance < target.length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  if (best !== undefined || plain.length < SHORTEST_BEGINNING) return best;
  const longer = [...known].filter((candidate) => simplify(candidate).startsWith(plain));
  return longer.length === 1 ? longer[0] : undefined;
}

function simplify(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, "");
}
