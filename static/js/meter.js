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

  constructor() {
    setAttribute(this.element, "role", "img");
  }

  /**
   * @param {number[]} ratios from 0 to 1
   * @param {string} words the values for those who do not see the bars
   */
  show(ratios, words) {
    setAttribute(this.element, "aria-label", words);
    const rows = Math.max(1, Math.ceil(ratios.length / MOST_IN_A_ROW));
    this.element.style.setProperty("--rows", String(rows));
    this.element.style.setProperty("--columns", String(Math.ceil(ratios.length / rows)));
    const bars = this.element.children;
    while (bars.length > ratios.length) bars[bars.length - 1]?.remove();
    while (bars.length < ratios.length) this.element.append(element("div", "core"));
    ratios.forEach((ratio, index) => showRatio(/** @type {HTMLElement} */ (bars[index]), ratio));
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
