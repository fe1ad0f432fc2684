/**
 * Places for labels that want to be at `wanted`, at least `gap` apart and within [low, high], in the same order and moved as little as they need: each
 * group of labels that touch is centred on what its members want.
 */
export function spreadLabels(wanted: readonly number[], gap: number, low: number, high: number): readonly number[] {
  const order = wanted.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at);
  const groups: { sum: number; members: number[]; start: number }[] = [];
  for (const { at, index } of order) {
    groups.push({ sum: at, members: [index], start: at });
    for (;;) {
      const last = groups.at(-1);
      const before = groups.at(-2);
      if (last === undefined || before === undefined) break;
      if (before.start + before.members.length * gap <= last.start) break;
      groups.pop();
      // A member's wish less its place in the group is where the group would have to begin for it.
      before.sum += last.sum - before.members.length * gap * last.members.length;
      before.members.push(...last.members);
      before.start = before.sum / before.members.length;
    }
  }
  const places: number[] = wanted.map(() => 0);
  let floor = low;
  for (const [i, group] of groups.entries()) {
    const rest = groups.slice(i).reduce((count, { members }) => count + members.length, 0);
    const start = Math.max(floor, Math.min(group.start, high - (rest - 1) * gap));
    for (const [k, index] of group.members.entries()) places[index] = start + k * gap;
    floor = start + group.members.length * gap;
  }
  return places;
}
