import { setAttribute } from "./dom.js";

/** @typedef {"cpu" | "memory" | "network"} SparklineKind */
/** @typedef {readonly (number | null)[]} Values evenly spaced in time, the newest last; null where nothing is known */
/** @typedef {{x: number, y: number}[]} Run points without a gap between them, as parts of the picture's width and height, from the upper left */

const SVG = "http://www.w3.org/2000/svg";
const WIDTH_REM = 5;
const HEIGHT_REM = 1.25;
/** Of the picture's own units, which grow with the text. */
const UNITS_A_REM = 16;
const LINE_UNITS = 1.25;

/**
 * The course of one value, as small as a word. What it is stands beside it as a number, so it says nothing to a screen reader.
 * Shapes and not a canvas: of each canvas the browser makes a layer, and a table has a hundred of them.
 */
export class Sparkline {
  element = document.createElementNS(SVG, "svg");
  #area = document.createElementNS(SVG, "path");
  #line = document.createElementNS(SVG, "path");
  #width;
  #height;
  /** @type {Values} */
  #values = [];
  /** @type {number | null} */
  #max = null;

  /** @param {{kind: SparklineKind, width?: number, height?: number}} options width and height in rem */
  constructor({ kind, width = WIDTH_REM, height = HEIGHT_REM }) {
    this.#width = width * UNITS_A_REM;
    this.#height = height * UNITS_A_REM;
    this.element.setAttribute("class", "sparkline");
    this.element.setAttribute("viewBox", `0 0 ${this.#width} ${this.#height}`);
    this.element.setAttribute("aria-hidden", "true");
    this.element.dataset.kind = kind;
    this.element.style.width = `${width}rem`;
    this.element.style.height = `${height}rem`;
    this.#area.setAttribute("class", "sparkline-area");
    this.#line.setAttribute("class", "sparkline-line");
    this.element.append(this.#area, this.#line);
  }

  /**
   * Draws only if something is other than before.
   * @param {Values} values
   * @param {number | null} max the value at the upper edge; null: the largest one
   */
  show(values, max) {
    if (this.#max === max && sameValues(this.#values, values)) return;
    this.#values = values;
    this.#max = max;
    const { line, area } = paths(runs(values, max), this.#width, this.#height);
    setAttribute(this.#line, "d", line);
    setAttribute(this.#area, "d", area);
  }
}

/**
 * What is to be drawn: one run of points for each stretch without a gap.
 * @param {Values} values
 * @param {number | null} max null: the largest value
 * @returns {Run[]}
 */
export function runs(values, max) {
  const top = max ?? values.reduce((/** @type {number} */ largest, value) => Math.max(largest, value ?? 0), 0);
  const step = values.length > 1 ? 1 / (values.length - 1) : 0;
  /** @type {Run[]} */
  const found = [];
  /** @type {Run | null} */
  let run = null;
  values.forEach((value, index) => {
    if (value === null) {
      run = null;
      return;
    }
    if (!run) found.push((run = []));
    const part = top > 0 ? Math.min(1, Math.max(0, value / top)) : 0;
    run.push({ x: values.length > 1 ? index * step : 1, y: 1 - part });
  });
  return found;
}

/**
 * As an SVG's paths: the lines, and what lies below them. A single point is a line without length, whose round ends are a dot.
 * @param {Run[]} all
 * @param {number} width
 * @param {number} height
 */
export function paths(all, width, height) {
  // half a line stays free at every edge, so that none is cut off
  const x = (/** @type {number} */ part) => tenth(LINE_UNITS / 2 + part * (width - LINE_UNITS));
  const y = (/** @type {number} */ part) => tenth(LINE_UNITS / 2 + part * (height - LINE_UNITS));
  let [line, area] = ["", ""];
  for (const run of all) {
    const [first, last] = [run[0], run.at(-1)];
    if (!first || !last) continue;
    const points = run.map((point) => `${x(point.x)} ${y(point.y)}`).join("L");
    line += run.length > 1 ? `M${points}` : `M${points}h0`;
    if (run.length > 1) area += `M${points}V${height}H${x(first.x)}z`;
  }
  return { line, area };
}

/**
 * @param {Values} a
 * @param {Values} b
 */
export function sameValues(a, b) {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/** @param {number} units finer than a tenth of them nobody sees */
function tenth(units) {
  return Math.round(units * 10) / 10;
}
