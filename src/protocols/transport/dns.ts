import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import type { LookupFunction } from "node:net";

/** ms that an answer of the resolver is used again. */
const KEEP = 30_000;

type Waiter = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

interface Entry {
  addresses: LookupAddress[];
  until: number;
  waiters: Waiter[] | undefined;
}

/** A lookup for `net.connect` that asks the system's resolver (a thread of the pool) once per name and half minute. Errors are not kept. */
export function cachedLookup(now: () => number): LookupFunction {
  const entries = new Map<string, Entry>();

  const resolve = (host: string, waiter: Waiter): void => {
    const known = entries.get(host);
    if (known?.waiters) {
      known.waiters.push(waiter);
      return;
    }
    if (known && known.until > now()) {
      process.nextTick(waiter, null, known.addresses);
      return;
    }
    const entry: Entry = { addresses: [], until: 0, waiters: [waiter] };
    entries.set(host, entry);
    lookup(host, { all: true }, (error, addresses) => {
      const waiters = entry.waiters ?? [];
      entry.waiters = undefined;
      if (error) entries.delete(host);
      else {
        entry.addresses = addresses;
        entry.until = now() + KEEP;
      }
      for (const each of waiters) each(error, error ? [] : addresses);
    });
  };

  return (host, options: LookupOptions, callback) => {
    resolve(host, (error, addresses) => {
      if (error) callback(error, "", 0);
      else if (options.all === true) callback(null, addresses);
      else callback(null, addresses[0]?.address ?? "", addresses[0]?.family ?? 0);
    });
  };
}
