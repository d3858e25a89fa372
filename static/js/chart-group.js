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
  /** What was held before each zoom. @type {Range[]} */
  #wider = [];

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
    if (this.#held) this.#wider.push(this.#held);
    this.#hold([from, to]);
  }

  /** As before the last zoom. */
  back() {
    this.#hold(this.#wider.pop() ?? null);
  }

  /**
   * Stand still, or move on.
   * @param {number} now in seconds
   */
  toggle(now) {
    if (this.#held) this.live();
    else this.#hold(this.range(now));
  }

  live() {
    this.#wider = [];
    this.#hold(null);
  }

  /** @param {Range | null} range */
  #hold(range) {
    this.#held = range;
    this.changed.emit();
  }
}

/**
 * Half as much time, in which this moment stands where it stood.
 * @param {Range} range
 * @param {number} at in seconds
 * @returns {Range}
 */
export function closer([from, to], at) {
  return [(from + at) / 2, (at + to) / 2];
}
