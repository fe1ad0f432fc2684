import type { BuiltinPrompt } from "../entry.ts";

/** What developers ask an assistant: to write, read, mend and explain programs. */
export const code: readonly BuiltinPrompt[] = [
  "Write a Python function that merges overlapping intervals given as a list of (start, end) tuples. Add three test cases.",
  `Why does this JavaScript print 3 three times, and what are two ways to mend it?

\`\`\`js
for (var i = 0; i < 3; i++) {
  setTimeout(function () { console.log(i); }, 10);
}
\`\`\``,
  "Write an SQL query for PostgreSQL that finds, for each customer, the longest gap in days between two successive orders. Tables: customers(id, name), orders(id, customer_id, placed_at).",
  [
    "Write a small rate limiter in TypeScript: a token bucket with a capacity and a refill rate, and a method tryTake(n).",
    "Now make it testable without sleeping: the clock should be a parameter.",
    "Add a method that tells how many milliseconds one has to wait until n tokens are there.",
  ],
  `Review this Go handler. What can go wrong under load?

\`\`\`go
var cache = map[string][]byte{}

func handler(w http.ResponseWriter, r *http.Request) {
	key := r.URL.Path
	if body, ok := cache[key]; ok {
		w.Write(body)
		return
	}
	resp, _ := http.Get("http://backend" + key)
	body, _ := io.ReadAll(resp.Body)
	cache[key] = body
	w.Write(body)
}
\`\`\``,
  "Explain the difference between a mutex and a semaphore to someone who knows only single-threaded programming. Use one example from daily life and one short program.",
  `Translate this recursive function into an iterative one in Rust, without changing what it returns:

\`\`\`rust
fn depth(node: &Option<Box<Node>>) -> usize {
    match node {
        None => 0,
        Some(n) => 1 + depth(&n.left).max(depth(&n.right)),
    }
}
\`\`\``,
  "Write a regular expression that matches ISO 8601 dates with an optional time and an optional offset. Explain each group, and name two invalid dates that it lets through.",
  `This bash script deletes the wrong files when a name holds a space. Mend it and say why it went wrong.

\`\`\`sh
for f in $(find /var/tmp -name '*.log' -mtime +7); do
  rm $f
done
\`\`\``,
  [
    "Design the database tables for a library that lends books, with reservations and fines. Give the CREATE TABLE statements.",
    "A book can now exist in several copies at several branches. What changes?",
  ],
  "Write a React component for a search box that asks the server only after the person has stopped typing for 300 ms, and that ignores answers to older questions.",
  `What is the time complexity of this function, and how would you make it linear?

\`\`\`python
def first_unique(text):
    for ch in text:
        if text.count(ch) == 1:
            return ch
    return None
\`\`\``,
  "Write a Dockerfile for a Node.js service that builds in one stage, runs as an ordinary user in the next, and handles SIGTERM properly. Comment on each line that is not obvious.",
  "Our integration tests fail about once in thirty runs with 'address already in use'. List the likely causes from most to least likely, and say how to tell them apart.",
  "Generate a JSON Schema for an order: a customer id, at least one line item with a sku, a quantity from 1 to 99 and a price in cents, and an optional note of at most 200 characters.",
];
