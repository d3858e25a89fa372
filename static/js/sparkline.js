import { element } from "./dom.js";
import { look } from "./look.js";

/** @typedef {"cpu" | "memory" | "network"} SparklineKind */
/** @typedef {readonly (number | null)[]} Values evenly spaced in time, the newest last; null where nothing is known */
/** @typedef {{x: number, y: number}[]} Run points without a gap between them, as parts of the picture's width and height, from the upper left */

const WIDTH_REM = 5;
const HEIGHT_REM = 1.25;
const LINE_PX = 1.25;
const AREA_OPACITY = 0.22;

/** @type {WeakMap<Element, Sparkline>} */
const sparklines = new WeakMap();
let watching = false;

/** The course of one value, as small as a word. What it is stands beside it as a number, so it says nothing to a screen reader. */
export class Sparkline {
  element = element("canvas", "sparkline");
  #colour;
  #width;
  #height;
  /** @type {(number | null)[]} */
  #values = [];
  /** @type {number | null} */
  #max = null;
  /** Of the look that it was drawn with. */
  #version = -1;

  /** @param {{kind: SparklineKind, width?: number, height?: number}} options width and height in rem */
  constructor({ kind, width = WIDTH_REM, height = HEIGHT_REM }) {
    this.#colour = `--spark-${kind}`;
    this.#width = width;
    this.#height = height;
    this.element.setAttribute("aria-hidden", "true");
    this.element.style.width = `${width}rem`;
    this.element.style.height = `${height}rem`;
    sparklines.set(this.element, this);
    watchLook();
  }

  /**
   * Draws only if something is other than before.
   * @param {Values} values
   * @param {number | null} max the value at the upper edge; null: the largest one
   */
  show(values, max) {
    if (this.#version === look().version && this.#max === max && sameValues(this.#values, values)) return;
    this.#values = values.slice();
    this.#max = max;
    this.draw();
  }

  draw() {
    const { pixelRatio, remPx, version } = look();
    const width = this.#width * remPx;
    const height = this.#height * remPx;
    this.#version = version;
    // setting the width clears it and is not cheap
    resize(this.element, Math.round(width * pixelRatio), Math.round(height * pixelRatio));
    const context = this.element.getContext("2d");
    if (!context) return;
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.strokeStyle = context.fillStyle = look().colour(this.#colour);
    context.lineWidth = LINE_PX;
    context.lineJoin = "round";
    for (const run of runs(this.#values, this.#max)) drawRun(context, run, width, height);
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
 * @param {Values} a
 * @param {Values} b
 */
export function sameValues(a, b) {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Run} run
 * @param {number} width
 * @param {number} height
 */
function drawRun(context, run, width, height) {
  // half a line stays free at every edge, so that none is cut off
  const x = (/** @type {number} */ part) => LINE_PX / 2 + part * (width - LINE_PX);
  const y = (/** @type {number} */ part) => LINE_PX / 2 + part * (height - LINE_PX);
  const first = run[0];
  const last = run.at(-1);
  if (!first || !last) return;
  context.beginPath();
  if (run.length === 1) {
    context.arc(x(first.x), y(first.y), LINE_PX / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  for (const point of run) context.lineTo(x(point.x), y(point.y));
  context.stroke();
  context.lineTo(x(last.x), height);
  context.lineTo(x(first.x), height);
  context.globalAlpha = AREA_OPACITY;
  context.fill();
  context.globalAlpha = 1;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
function resize(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/** One listener for all: those that are in the page are drawn again, the others when they are shown again. */
function watchLook() {
  if (watching) return;
  watching = true;
  look().changed.listen(() => {
    for (const canvas of document.querySelectorAll("canvas.sparkline")) sparklines.get(canvas)?.draw();
  });
}
