/** @import { Formatter } from "./format.js" */

/** @typedef {"ratio" | "bytes" | "bytes per second" | "number" | "celsius" | "seconds" | "milliseconds"} Unit what a number may be of */

/** A top that a scale of this unit has at least, so that noise does not fill the chart. @type {Record<Unit, number>} */
const LEAST_TOP = { ratio: 0.01, bytes: 1024, "bytes per second": 1024, number: 1, celsius: 50, seconds: 10, milliseconds: 10 };

const DECIMAL_STEPS = [1, 1.5, 2, 3, 4, 5, 7.5, 10];
const BINARY_STEPS = [1, 1.25, 1.5, 2];
const MOST_POWER = 62;
/** Distances between ticks of bytes. */
const BINARY_TICKS = Array.from({ length: MOST_POWER }, (_, power) => 2 ** power);

/**
 * A value as it is written in a cell: short, with its unit.
 * @param {Unit | "text"} unit text has no number to write
 * @param {number} value
 * @param {Formatter} format
 */
export function shortText(unit, value, format) {
  switch (unit) {
    case "ratio":
      return format.percent(value);
    case "bytes":
      return format.bytes(value);
    case "bytes per second":
      return format.rate(value);
    case "celsius":
      return format.celsius(value);
    case "seconds":
      return format.duration(value);
    case "milliseconds":
      return format.milliseconds(value);
    default:
      return format.number(value);
  }
}

/**
 * The same to more digits, as beside a chart: how it moves is what one looks at.
 * @param {Unit} unit
 * @param {number} value
 * @param {Formatter} format
 */
export function unitText(unit, value, format) {
  switch (unit) {
    case "ratio":
      return format.exactPercent(value);
    case "bytes":
      return format.exactBytes(value);
    case "bytes per second":
      return `${format.exactBytes(value)}/s`;
    case "number":
      return format.load(value);
    default:
      return shortText(unit, value, format);
  }
}

/**
 * Beside a scale, whose steps are round.
 * @param {Unit} unit
 * @param {number} value
 * @param {Formatter} format
 */
export function tickText(unit, value, format) {
  return unit === "ratio" || unit === "number" ? shortText(unit, value, format) : unitText(unit, value, format);
}

/** @param {Unit} unit */
export function ticksOf(unit) {
  return isBinary(unit) ? BINARY_TICKS : null;
}

/**
 * A round number at or above `most`, so that the scale seldom moves.
 * @param {Unit} unit
 * @param {number} most
 */
export function roundTop(unit, most) {
  return roundUp(unit, Math.max(most, LEAST_TOP[unit]));
}

/**
 * Where a scale begins: at 0, unless something is below that, as frost is.
 * @param {Unit} unit
 * @param {number} least
 */
export function roundBottom(unit, least) {
  return least < 0 ? -roundUp(unit, -least) : 0;
}

/**
 * @param {Unit} unit
 * @param {number} value above 0
 */
function roundUp(unit, value) {
  const base = isBinary(unit) ? 2 : 10;
  const power = base ** Math.floor(Math.log(value) / Math.log(base) + 1e-9);
  const step = (isBinary(unit) ? BINARY_STEPS : DECIMAL_STEPS).find((one) => one * power >= value * (1 - 1e-9));
  return (step ?? base) * power;
}

/** @param {Unit} unit */
function isBinary(unit) {
  return unit === "bytes" || unit === "bytes per second";
}
