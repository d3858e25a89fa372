import { Signal } from "./signal.js";

/** @typedef {[from: number, to: number]} Range of time, in seconds */

/** A drag shorter than this is a slip of the hand. */
const LEAST_RANGE_S = 0.5;

/** What all charts of a page have in common: the time they show. Either live, up to now, or held still, as when somebody zooms in. */
export class ChartGroup {
  /** Another range. @type {Signal<void>} */
  changed = new Signal();

  #windowS;
  /** @type {Range | null} */
  #held = null;

  /** @param {number} windowS how much they show while they are live */
  constructor(windowS) {
    this.#windowS = windowS;
  }

  get isLive() {
    return this.#held === null;
  }

  get windowS() {
    return this.#windowS;
  }

  /**
   * @param {number} now in seconds
   * @returns {Range}
   */
  range(now) {
    return this.#held ?? [now - this.#windowS, now];
  }

  /** @param {number} windowS */
  show(windowS) {
    this.#windowS = windowS;
    this.live();
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  zoom(from, to) {
    if (to - from < LEAST_RANGE_S) return;
    this.#hold([from, to]);
  }

  /**
   * Stand still, or move on.
   * @param {number} now in seconds
   */
  toggle(now) {
    this.#hold(this.#held ? null : this.range(now));
  }

  live() {
    this.#hold(null);
  }

  /** @param {Range | null} range */
  #hold(range) {
    this.#held = range;
    this.changed.emit();
  }
}
