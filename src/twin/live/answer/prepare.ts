/** Something that can make ready what it will write next. */
export interface Preparable {
  prepare(): void;
}

/**
 * Makes texts ready between steps: when a step ends every stream has to be written at once, and whatever was done before is not waited for then. Runs
 * when the sockets have had their turn.
 */
export class Preparer {
  #asked: Preparable[] = [];

  ask(stream: Preparable): void {
    this.#asked.push(stream);
    if (this.#asked.length === 1) setImmediate(this.#run);
  }

  readonly #run = (): void => {
    const asked = this.#asked;
    this.#asked = [];
    for (const stream of asked) stream.prepare();
  };
}
