/** CPU of this process (all its threads) between looks. */
export class CpuWatch {
  #usage = process.cpuUsage();
  #at = 0;

  /** Cores used on average since the last look; `now` in ms. */
  cores(now: number): number {
    const since = process.cpuUsage(this.#usage);
    const elapsed = now - this.#at;
    this.#usage = process.cpuUsage();
    this.#at = now;
    return elapsed > 0 ? (since.user + since.system) / 1000 / elapsed : 0;
  }
}
