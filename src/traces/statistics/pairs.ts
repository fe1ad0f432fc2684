/** How two quantities go together, in one pass (Welford's update for a covariance). */
export class Pairs {
  #n = 0;
  #x = 0;
  #y = 0;
  #xx = 0;
  #yy = 0;
  #xy = 0;

  add(x: number, y: number): void {
    this.#n++;
    const [dx, dy] = [x - this.#x, y - this.#y];
    this.#x += dx / this.#n;
    this.#y += dy / this.#n;
    this.#xx += dx * (x - this.#x);
    this.#yy += dy * (y - this.#y);
    this.#xy += dx * (y - this.#y);
  }

  /** Pearson's correlation; undefined where either does not vary. */
  correlation(): number | undefined {
    return this.#xx > 0 && this.#yy > 0 ? this.#xy / Math.sqrt(this.#xx * this.#yy) : undefined;
  }
}
