/**
 * Steady states of queues in closed form. `offered` is the offered load in erlangs: arrival rate times mean service time. Waits come in the unit
 * of the service time, and do not count the service itself.
 */

/**
 * Share of the arrivals that find every server busy and are turned away, in M/G/c/c; 1 where there is no server.
 * Erlang (1917), by the recursion B(n) = a B(n-1) / (n + a B(n-1)).
 */
export function erlangB(offered: number, servers: number): number {
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (offered * blocked) / (n + offered * blocked);
  return blocked;
}

/** Share of the arrivals that must wait in M/M/c; 1 from offered = servers on, where the queue has no steady state. Erlang (1917). */
export function erlangC(offered: number, servers: number): number {
  if (offered >= servers) return 1;
  const blocked = erlangB(offered, servers);
  return blocked / (1 - (offered / servers) * (1 - blocked));
}

/** Mean wait in M/M/c; Infinity where there is no steady state. */
export function waitMMc(rate: number, service: number, servers: number): number {
  const offered = rate * service;
  if (offered >= servers) return Number.POSITIVE_INFINITY;
  return (erlangC(offered, servers) * service) / (servers - offered);
}

/**
 * Mean wait in M/G/1 with a service time of this mean and coefficient of variation (M/M/1: 1, M/D/1: 0); Infinity where there is no steady
 * state. Pollaczek (1930) and Khinchine (1932).
 */
export function waitMG1(rate: number, service: number, cv: number): number {
  const busy = rate * service;
  if (busy >= 1) return Number.POSITIVE_INFINITY;
  return ((busy / (1 - busy)) * service * (1 + cv ** 2)) / 2;
}
