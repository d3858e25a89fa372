import { element, setAttribute } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const PERCENT = 100;
/** From here on a meter looks full. */
const FULL_RATIO = 0.9;
const MOST_IN_A_ROW = 32;
/** Of a core's place in the strip, the rest of which keeps it apart from its neighbours. */
const CORE_WIDTH = 0.88;
const CORE_HEIGHT = 0.94;

/** A bar that is as long as a ratio. */
export class Meter {
  element = element("div", "meter");

  constructor() {
    setAttribute(this.element, "role", "meter");
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
    this.element.style.backgroundSize = `${(ratio * PERCENT).toFixed(1)}% 100%`;
    this.element.toggleAttribute("data-full", ratio >= FULL_RATIO);
  }
}

/** One upright bar for each core. */
export class CoreStrip {
  element = document.createElementNS(SVG, "svg");
  #track = document.createElementNS(SVG, "path");
  #busy = document.createElementNS(SVG, "path");
  #full = document.createElementNS(SVG, "path");
  #count = 0;

  constructor() {
    this.element.setAttribute("class", "core-strip");
    this.element.setAttribute("role", "img");
    this.element.setAttribute("preserveAspectRatio", "none");
    this.#track.setAttribute("class", "core-track");
    this.#busy.setAttribute("class", "core-busy");
    this.#full.setAttribute("class", "core-full");
    this.element.append(this.#track, this.#busy, this.#full);
  }

  /**
   * @param {number[]} ratios from 0 to 1
   * @param {string} words the values for those who do not see the bars
   */
  show(ratios, words) {
    setAttribute(this.element, "aria-label", words);
    if (ratios.length !== this.#count) this.#setCount(ratios.length);
    const { busy, full } = corePaths(ratios);
    setAttribute(this.#busy, "d", busy);
    setAttribute(this.#full, "d", full);
  }

  /** @param {number} count of cores */
  #setCount(count) {
    const { rows, columns } = coreGrid(count);
    this.#count = count;
    this.element.style.setProperty("--rows", String(rows));
    this.element.setAttribute("viewBox", `0 0 ${columns} ${rows}`);
    this.#track.setAttribute("d", Array.from({ length: count }, (_, core) => bar(core, columns, 1)).join(""));
  }
}

/**
 * The bars of all cores, as paths: those that look full are apart. A core's place is one wide and one high.
 * @param {number[]} ratios from 0 to 1
 */
export function corePaths(ratios) {
  const { columns } = coreGrid(ratios.length);
  let [busy, full] = ["", ""];
  ratios.forEach((ratio, core) => {
    const path = bar(core, columns, Math.min(1, Math.max(0, ratio)));
    if (ratio >= FULL_RATIO) full += path;
    else busy += path;
  });
  return { busy, full };
}

/** @param {number} count of cores */
function coreGrid(count) {
  const rows = Math.max(1, Math.ceil(count / MOST_IN_A_ROW));
  return { rows, columns: Math.max(1, Math.ceil(count / rows)) };
}

/**
 * @param {number} core
 * @param {number} columns
 * @param {number} ratio
 */
function bar(core, columns, ratio) {
  const bottom = Math.floor(core / columns) + CORE_HEIGHT;
  return `M${core % columns} ${bottom}v${-(ratio * CORE_HEIGHT).toFixed(2)}h${CORE_WIDTH}V${bottom}z`;
}
