const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** Growing, jittered, bounded delays between attempts. */
export class BackOff {
  #attempts = 0;
  #random;

  /** @param {() => number} random from 0 to 1 */
  constructor(random = Math.random) {
    this.#random = random;
  }

  /** How long to wait before the next attempt, in milliseconds. Half of it is chance, so that not all pages come back at once. */
  next() {
    const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    return (ceiling / 2) * (1 + this.#random());
  }

  reset() {
    this.#attempts = 0;
  }
}
