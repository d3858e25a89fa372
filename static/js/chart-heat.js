import { STEPS } from "./colour-scale.js";
import { element, setText } from "./dom.js";

/** @import uPlot from "uplot" */
/** @import { Table } from "./chart-columns.js" */
/** @import { Line } from "./chart-options.js" */

/** A strip for each line and a colour for each value: readable with a hundred lines, where lines themselves are not. */

/** @typedef {{start: number, width: number, columns: (number | null)[][]}} Cells times in seconds; one list of values for each step of time */

const CELL_PX = 4;
const BYTES_PER_PIXEL = 4;

/**
 * Means over equal steps of time, which stand still while the time goes on. A value holds until the next one, but not across a gap.
 * @param {Table} table
 * @param {Line[]} lines
 * @param {number} from
 * @param {number} to
 * @param {number} count of steps
 * @returns {Cells}
 */
export function heatCells({ at, columns }, lines, from, to, count) {
  const width = (to - from) / count;
  const first = Math.floor(from / width);
  const values = lines.map(({ key }) => columns.get(key)?.mean ?? []);
  const cells = [];
  let row = 0;
  for (let step = first; step * width < to; step += 1) {
    const end = (step + 1) * width;
    const begin = row;
    while (row < at.length && /** @type {number} */ (at[row]) < end) row += 1;
    const isOver = row === at.length && begin === row;
    cells.push(values.map((line) => (isOver ? null : meanOf(line, Math.min(begin, Math.max(0, row - 1)), row))));
  }
  return { start: first * width, width, columns: cells };
}

/**
 * @param {uPlot} u
 * @param {Cells} cells
 * @param {string[]} colours of the steps, `#rrggbb`, from least to most
 */
export function paintHeat(u, { start, width, columns }, colours) {
  const lines = columns[0]?.length ?? 0;
  if (!lines) return;
  const picture = document.createElement("canvas");
  picture.width = columns.length;
  picture.height = lines;
  const context = picture.getContext("2d");
  if (!context) return;
  context.putImageData(pixelsOf(columns, colours.map(rgb)), 0, 0);
  const [left, right] = [start, start + width * columns.length].map((at) => u.valToPos(at, "x", true));
  const { left: x, top, width: across, height } = u.bbox;
  u.ctx.save();
  u.ctx.beginPath();
  u.ctx.rect(x, top, across, height);
  u.ctx.clip();
  u.ctx.imageSmoothingEnabled = false;
  u.ctx.drawImage(picture, left ?? x, top, (right ?? 0) - (left ?? 0), height);
  u.ctx.restore();
}

/** @param {uPlot} u how many steps of time fit */
export function heatCount(u) {
  return Math.max(1, Math.round(u.over.clientWidth / CELL_PX));
}

/** Tells one value in words, and what the colours mean. */
export class ChartHeatLegend {
  element = element("div", "heat-legend");
  #text = element("bdi", "heat-text");

  constructor() {
    const steps = Array.from({ length: STEPS }, (_, step) => {
      const cell = element("span", "heat-step");
      cell.style.background = `var(--heat-${step + 1})`;
      return cell;
    });
    this.element.append(this.#text, element("span", "heat-scale", "0%", ...steps, "100%"));
  }

  /** @param {string} text */
  show(text) {
    setText(this.#text, text);
  }
}

/**
 * The line with the largest value.
 * @param {Table} table
 * @param {Line[]} lines
 * @param {number} row
 */
export function largestAt({ columns }, lines, row) {
  let found = null;
  for (const { key, label } of lines) {
    const value = columns.get(key)?.mean[row] ?? null;
    if (value !== null && (!found || value > found.value)) found = { label, value };
  }
  return found;
}

/**
 * @param {(number | null)[][]} columns
 * @param {number[][]} colours
 */
function pixelsOf(columns, colours) {
  const lines = columns[0]?.length ?? 0;
  const image = new ImageData(columns.length, lines);
  columns.forEach((values, x) => {
    values.forEach((value, y) => {
      if (value === null) return;
      const colour = colours[Math.min(colours.length - 1, Math.max(0, Math.floor(value * colours.length)))] ?? [0, 0, 0];
      image.data.set([...colour, 255], (y * columns.length + x) * BYTES_PER_PIXEL);
    });
  });
  return image;
}

/**
 * @param {(number | null)[]} values
 * @param {number} first
 * @param {number} end
 */
function meanOf(values, first, end) {
  let sum = 0;
  let count = 0;
  for (let row = first; row < end; row += 1) {
    const value = values[row] ?? null;
    if (value === null) continue;
    sum += value;
    count += 1;
  }
  return count ? sum / count : null;
}

/** @param {string} colour `#rrggbb` */
function rgb(colour) {
  return [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
}
