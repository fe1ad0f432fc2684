import type { Sequence } from "./sequence.ts";
import { SequenceList } from "./sequence-list.ts";

/**
 * Requests that wait. Under fcfs in order of arrival, a preempted one in front of all; under priority by (priority, arrival), a preempted one no
 * different: vLLM's two request queues. One list a priority, since priorities are few and waiting requests many.
 */
export class WaitingQueue {
  size = 0;
  /** Tokens that the waiting have to compute. */
  tokens = 0;
  private readonly byPriority: boolean;
  private readonly lists = new Map<number, SequenceList>();
  /** Priorities seen, the most urgent first. */
  private readonly priorities: number[] = [];

  constructor(policy: "fcfs" | "priority") {
    this.byPriority = policy === "priority";
  }

  get head(): Sequence | undefined {
    for (const priority of this.priorities) {
      const head = this.lists.get(priority)?.head;
      if (head !== undefined) return head;
    }
    return undefined;
  }

  push(s: Sequence): void {
    this.listOf(s).append(s);
    this.count(s, 1);
  }

  /** Puts a preempted request back. */
  putBack(s: Sequence): void {
    const list = this.listOf(s);
    let place: Sequence | undefined;
    if (this.byPriority) {
      let next = list.head;
      while (next !== undefined && next.serial < s.serial) {
        place = next;
        next = next.next;
      }
    }
    list.insertAfter(place, s);
    this.count(s, 1);
  }

  remove(s: Sequence): void {
    this.listOf(s).remove(s);
    this.count(s, -1);
  }

  /** A member's drafts were judged: so many of the tokens promised by its last step before the preemption did not come. */
  withdraw(tokens: number): void {
    this.tokens -= tokens;
  }

  private count(s: Sequence, by: number): void {
    this.size += by;
    this.tokens += by * s.target;
  }

  private listOf(s: Sequence): SequenceList {
    const priority = this.byPriority ? s.request.priority : 0;
    const known = this.lists.get(priority);
    if (known !== undefined) return known;
    const list = new SequenceList();
    this.lists.set(priority, list);
    this.priorities.push(priority);
    this.priorities.sort((a, b) => a - b);
    return list;
  }
}
