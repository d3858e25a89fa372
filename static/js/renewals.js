/**
 * What is to be drawn again, as much of it in each frame as there is time for. First come, first served: what changes again while it waits
 * keeps its place, so nothing waits for ever, however often the others change.
 */
export class Renewals {
  /** Ids of hosts by the keys of their items. @type {Map<string, string>} */
  #waiting = new Map();
  #clock;

  /** @param {() => number} [clock] in milliseconds */
  constructor(clock = () => performance.now()) {
    this.#clock = clock;
  }

  get size() {
    return this.#waiting.size;
  }

  /**
   * @param {string} key
   * @param {string} id
   */
  add(key, id) {
    this.#waiting.set(key, id);
  }

  /** @param {string} key of what is gone, or was drawn meanwhile */
  delete(key) {
    this.#waiting.delete(key);
  }

  /**
   * @param {number} limitMs one is drawn in any case
   * @param {(key: string, id: string) => void} draw
   * @returns {boolean} false: time was up, and some still wait
   */
  run(limitMs, draw) {
    const until = this.#clock() + limitMs;
    for (const [key, id] of this.#waiting) {
      this.#waiting.delete(key);
      draw(key, id);
      if (this.#clock() > until) break;
    }
    return this.#waiting.size === 0;
  }
}
