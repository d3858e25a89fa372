import { dashOf, translucent } from "./chart-theme.js";
import { isolated } from "./isolated.js";
import { roundBottom, roundTop, tickText, ticksOf } from "./units.js";

/** @import uPlot from "uplot" */
/** @import { ChartColours } from "./chart-theme.js" */
/** @import { Formatter } from "./format.js" */
/** @import { Unit } from "./units.js" */

/**
 * @typedef {object} Line
 * @property {string} key of its column
 * @property {string} label untrusted text
 * @property {string} [note] behind the label, however long that is
 * @property {string} [of] key of the column that it is a share of
 */

/**
 * @typedef {object} ChartSpec
 * @property {string} id
 * @property {string} family of which there may be several
 * @property {string} title
 * @property {string} [instance] what it is a chart of; untrusted text
 * @property {Unit} unit
 * @property {Line[]} lines
 * @property {boolean} [heat] so many lines that each is a strip of colours
 * @property {string} [spread] key of a column of which only the least and the most are drawn, behind the lines
 * @property {boolean} [isCrowded] so many lines that the one at the pointer has to stand out
 * @property {number} [heightPx]
 * @property {number | string | null} [top] the end of the scale, or the column that tells it; else a round number above all values
 */

/**
 * What a line is called in plain text: its label isolated from the note, whatever it is written in.
 * @param {Pick<Line, "label" | "note">} line
 */
export function lineText({ label, note }) {
  return note ? `${isolated(label)} ${note}` : label;
}

/** Lines with the spread of what they are the mean of: more of them would cover each other. */
const MOST_BANDS = 3;
const LINE_PX = 1.5;
const AXIS_REM = { left: 4, bottom: 1.75 };
/** Between two marks: the longest time, "12:34:56 PM", and a gap. */
const DISTANCE_REM = { x: 5.25, y: 1.625 };
/** Beside a chart: half of the last time may stand there. */
const PADDING_REM = { top: 0.5, right: 1.375 };
/** Seconds between two marks of time. */
const TIME_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300];
const FILLED = 0.12;
const BAND = 0.22;
const SPREAD = 0.14;

/**
 * The end of a scale that is known beforehand.
 * @param {ChartSpec} spec
 * @param {(key: string) => number | null} latest
 */
export function fixedTop({ top }, latest) {
  return typeof top === "string" ? latest(top) : (top ?? null);
}

/**
 * The charts that they belong to have no legend of uPlot's.
 * @param {ChartColours} colours
 */
function common({ remPx }) {
  return { padding: /** @type {uPlot.Padding} */ ([PADDING_REM.top * remPx, PADDING_REM.right * remPx, 0, 0]), legend: { show: false } };
}

/** @param {ChartSpec} spec */
export function hasBands({ lines, heat }) {
  return !heat && lines.length <= MOST_BANDS;
}

/**
 * What uPlot is told of a chart. The mean of each line comes first, then most and least of each, if there are bands.
 * @param {ChartSpec} spec
 * @param {() => ChartColours} colours
 * @param {Formatter} format
 * @param {() => number | null} top
 * @returns {Pick<uPlot.Options, "series" | "bands" | "scales" | "axes" | "legend" | "padding">}
 */
export function chartOptions(spec, colours, format, top) {
  const { lines, unit } = spec;
  const colour = (/** @type {number} */ line) => colours().lines[line % colours().lines.length] ?? "#888888";
  const banded = hasBands(spec);
  if (spec.heat) return heatOptions(spec, colours, format);
  return {
    ...common(colours()),
    series: [
      {},
      ...lines.map((_, line) => ({
        stroke: () => colour(line),
        width: LINE_PX,
        dash: [...dashOf(line)],
        spanGaps: false,
        points: { show: false },
        ...(lines.length === 1 ? { fill: () => translucent(colour(line), FILLED) } : {}),
      })),
      ...(banded ? lines.flatMap(() => [edge(), edge()]) : []),
      ...(spec.spread ? [edge(), edge()] : []),
    ],
    bands: [
      ...(banded ? lines.map((_, line) => ({ series: edgesOf(lines.length, line), fill: () => translucent(colour(line), BAND) })) : []),
      ...(spec.spread ? [{ series: spreadEdges(spec), fill: () => translucent(colours().axis, SPREAD) }] : []),
    ],
    scales: { x: { time: true, auto: false }, y: { range: (_, least, most) => [roundBottom(unit, least ?? 0), top() || roundTop(unit, most ?? 0)] } },
    axes: [timeAxis(colours, format), valueAxis(unit, colours, format)],
  };
}

/**
 * Strips instead of lines: their colours are painted by chart-heat.js, the first one at the top.
 * @param {ChartSpec} spec
 * @param {() => ChartColours} colours
 * @param {Formatter} format
 * @returns {Pick<uPlot.Options, "series" | "scales" | "axes" | "legend" | "padding">}
 */
function heatOptions({ lines }, colours, format) {
  return {
    ...common(colours()),
    series: [{}, ...lines.map(() => ({ paths: () => null, points: { show: false } }))],
    scales: { x: { time: true, auto: false }, y: { range: () => [0, lines.length], dir: -1 } },
    axes: [
      { ...timeAxis(colours, format), grid: { show: false } },
      {
        ...valueAxis("number", colours, format),
        incrs: [1, 2, 4, 8, 16, 32, 64],
        grid: { show: false },
        values: (_, values) => values.map((value) => lines[value]?.label ?? ""),
      },
    ],
  };
}

/**
 * Most and least of a line, as uPlot counts its series.
 * @param {number} count of lines
 * @param {number} line
 * @returns {[number, number]}
 */
export function edgesOf(count, line) {
  const first = 1 + count + 2 * line;
  return [first, first + 1];
}

/**
 * Most and least of the spread, as uPlot counts its series: the last two.
 * @param {ChartSpec} spec
 * @returns {[number, number]}
 */
function spreadEdges(spec) {
  return edgesOf(spec.lines.length, hasBands(spec) ? spec.lines.length : 0);
}

/** @returns {uPlot.Series} of which only what lies between is drawn */
function edge() {
  return { stroke: "transparent", width: 0, spanGaps: false, points: { show: false } };
}

/**
 * @param {() => ChartColours} colours
 * @param {Formatter} format
 * @returns {uPlot.Axis}
 */
function timeAxis(colours, format) {
  return {
    stroke: () => colours().axis,
    font: colours().font,
    size: AXIS_REM.bottom * colours().remPx,
    space: DISTANCE_REM.x * colours().remPx,
    incrs: TIME_STEPS_S,
    gap: 8, // below the lowest value of the other axis
    grid: { stroke: () => colours().grid, width: 1 },
    ticks: { show: false },
    values: (_, moments, __, ___, distance) => moments.map((at) => format.clock(at, distance < 60)),
  };
}

/**
 * @param {Unit} unit
 * @param {() => ChartColours} colours
 * @param {Formatter} format
 * @returns {uPlot.Axis}
 */
function valueAxis(unit, colours, format) {
  const ticks = ticksOf(unit);
  return {
    stroke: () => colours().axis,
    font: colours().font,
    size: AXIS_REM.left * colours().remPx, // the same for all, so that the charts of a column stand exactly below each other
    space: DISTANCE_REM.y * colours().remPx,
    gap: 6,
    grid: { stroke: () => colours().grid, width: 1 },
    ticks: { show: false },
    values: (_, values) => values.map((value) => tickText(unit, value, format)),
    ...(ticks ? { incrs: ticks } : {}),
  };
}
