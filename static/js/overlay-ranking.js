import { overlayLines } from "./overlay-lines.js";

export const MOST_LINES = 20;
/** How often lines are given to those hosts that have the largest values by now. */
const RERANK_S = 15;

/** @typedef {(id: string) => number | null} RankOf the value of a host; null without one */

/** Which hosts have a line in the overlay. While somebody reads there each keeps its place. */
export class OverlayRanking {
  /** Hosts with a line, in the order of their colours. @type {string[]} */
  lines = [];

  #isHeld;
  /** All that are shown. @type {ReadonlySet<string>} */
  #ids = new Set();
  #rankedAt = -Infinity;

  /** @param {() => boolean} isHeld whether somebody reads there */
  constructor(isHeld) {
    this.#isHeld = isHeld;
  }

  /** Other values are drawn from now on. */
  forget() {
    this.lines = [];
    this.#ids = new Set();
  }

  /**
   * These hosts are shown, which may have changed: other ones are followed at once.
   * @param {ReadonlySet<string>} ids
   * @param {RankOf} rankOf
   * @param {number} now in seconds
   */
  arrange(ids, rankOf, now) {
    const isOther = ids.size !== this.#ids.size || [...ids].some((id) => !this.#ids.has(id));
    this.#ids = ids;
    if (isOther || !this.#isHeld()) this.#rank(rankOf, now);
  }

  /**
   * @param {RankOf} rankOf
   * @param {number} now in seconds
   * @returns {boolean} whether lines may be others now
   */
  tick(rankOf, now) {
    const isDue = now - this.#rankedAt >= RERANK_S && !this.#isHeld();
    if (isDue) this.#rank(rankOf, now);
    return isDue;
  }

  /**
   * @param {RankOf} rankOf
   * @param {number} now in seconds
   */
  #rank(rankOf, now) {
    this.#rankedAt = now;
    /** @type {Map<string, number>} */
    const values = new Map();
    for (const id of this.#ids) {
      const value = rankOf(id);
      if (value !== null) values.set(id, value);
    }
    this.lines = overlayLines(values, this.lines, MOST_LINES);
  }
}
