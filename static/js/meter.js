import { element, setAttribute } from "./dom.js";

const PERCENT = 100;
/** From here on a meter looks full. */
const FULL_RATIO = 0.9;
const MOST_IN_A_ROW = 32;

/** A bar that is as long as a ratio. */
export class Meter {
  element = element("div", "meter");

  constructor() {
    setAttribute(this.element, "role", "meter");
    this.element.append(element("div", "meter-fill"));
  }

  /**
   * @param {number} ratio from 0 to 1
   * @param {string} name what is measured
   * @param {string} words the value for those who do not see the bar
   */
  show(ratio, name, words) {
    setAttribute(this.element, "aria-label", name);
    setAttribute(this.element, "aria-valuenow", String(Math.round(ratio * PERCENT)));
    setAttribute(this.element, "aria-valuetext", words);
    showRatio(this.element, ratio);
  }
}

/** One upright bar for each core. */
export class CoreStrip {
  element = element("div", "core-strip");
  /** @type {readonly number[]} */
  #shown = [];

  constructor() {
    setAttribute(this.element, "role", "img");
  }

  /**
   * @param {number[]} ratios from 0 to 1
   * @param {string} words the values for those who do not see the bars
   */
  show(ratios, words) {
    setAttribute(this.element, "aria-label", words);
    if (ratios.length !== this.#shown.length) this.#setCount(ratios.length);
    const bars = this.element.children;
    ratios.forEach((ratio, index) => ratio !== this.#shown[index] && showRatio(/** @type {HTMLElement} */ (bars[index]), ratio));
    this.#shown = ratios;
  }

  /** @param {number} count of cores */
  #setCount(count) {
    const rows = Math.max(1, Math.ceil(count / MOST_IN_A_ROW));
    this.element.style.setProperty("--rows", String(rows));
    this.element.style.setProperty("--columns", String(Math.ceil(count / rows)));
    this.element.replaceChildren(...Array.from({ length: count }, () => element("div", "core")));
    this.#shown = [];
  }
}

/**
 * @param {HTMLElement} target
 * @param {number} ratio from 0 to 1
 */
function showRatio(target, ratio) {
  target.style.setProperty("--ratio", ratio.toFixed(3));
  target.toggleAttribute("data-full", ratio >= FULL_RATIO);
}
