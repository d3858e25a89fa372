import { STEPS } from "./colour-scale.js";
import { Signal } from "./signal.js";

/** @typedef {{lines: string[], axis: string, grid: string, cursor: string, heat: string[], font: string}} ChartColours */

const LINE_COLOURS = 6;
/** Lines differ without their colours too. @type {readonly (readonly number[])[]} */
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3]];

/** The tokens as a canvas needs them: as colours, told anew when the theme changes. */
class ChartTheme {
  /** @type {Signal<void>} */
  changed = new Signal();

  /** @type {ChartColours | null} */
  #colours = null;

  constructor() {
    new MutationObserver(() => this.#forget()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  get colours() {
    return (this.#colours ??= read());
  }

  #forget() {
    this.#colours = null;
    this.changed.emit();
  }
}

/** @type {ChartTheme | null} */
let theme = null;

/** The one of this page. */
export function chartTheme() {
  return (theme ??= new ChartTheme());
}

/**
 * With the colours, which begin anew after six, no two of 24 lines are alike.
 * @param {number} index of a line within its chart
 */
export function dashOf(index) {
  return DASHES[(index + Math.floor(index / (2 * LINE_COLOURS))) % DASHES.length] ?? [];
}

/**
 * @param {string} colour `#rrggbb`
 * @param {number} share from 0 to 1
 */
export function translucent(colour, share) {
  return colour + Math.round(share * 255).toString(16).padStart(2, "0");
}

/** @returns {ChartColours} */
function read() {
  const style = getComputedStyle(document.documentElement);
  const token = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    lines: Array.from({ length: LINE_COLOURS }, (_, index) => token(`--chart-${index + 1}`)),
    axis: token("--text-quiet"),
    grid: token("--chart-grid"),
    cursor: token("--control-line"),
    heat: Array.from({ length: STEPS }, (_, index) => token(`--heat-${index + 1}`)),
    font: `11px ${token("--font")}`,
  };
}
