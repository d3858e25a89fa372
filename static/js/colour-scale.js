/** Which of a few colours a value has. The steps differ in lightness, so they are told apart without seeing hues (`--heat-1` to `--heat-7`). */

export const STEPS = 7;

/**
 * @typedef {object} Scale
 * @property {number} from the lower end
 * @property {number} to the upper end; what is above it has the highest step
 * @property {number[]} limits between the steps, ascending
 * @property {boolean} even whether all steps are of one size
 */

/** @import { Unit } from "./fields.js" */

/** Spans so wide that only steps which multiply tell hosts apart: a factor of four, in the units that bytes are written in. */
const BYTE_FACTOR = 4;
const LEAST_BYTES = 4096;
const DURATIONS_S = [1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400, 10 * 365 * 86_400];
const ROOM_CELSIUS = 20;
const CELSIUS_STEP = 20;
const NICE = [1, 2, 5, 10];

/** The upper end comes down only when the fleet stays this far below it, so that it does not swing. */
const CALM_RATIO = 0.8;

/**
 * The scale for a fleet whose largest value is `most`. It never follows every change: its end is a round number, and it comes down late.
 * @param {Unit} unit
 * @param {number} most
 * @param {Scale | null} [before] the one in use, of the same unit
 * @returns {Scale}
 */
export function scaleFor(unit, most, before = null) {
  const to = endFor(unit, most);
  if (before && (to === before.to || (to < before.to && endFor(unit, most / CALM_RATIO) >= before.to))) return before;
  return unit === "bytes" || unit === "bytes per second" || unit === "seconds" ? wideScale(unit, to) : evenScale(unit, to);
}

/**
 * @param {Scale} scale
 * @param {number} value
 * @returns {number} 1 to STEPS
 */
export function stepOf({ limits }, value) {
  const above = limits.findIndex((limit) => value < limit);
  return above === -1 ? STEPS : above + 1;
}

/**
 * @param {Unit} unit
 * @param {number} to
 * @returns {Scale}
 */
function evenScale(unit, to) {
  const from = unit === "celsius" ? ROOM_CELSIUS : 0;
  const limits = Array.from({ length: STEPS - 1 }, (_, index) => from + ((to - from) * (index + 1)) / STEPS);
  return { from, to, limits, even: true };
}

/**
 * @param {Unit} unit
 * @param {number} to
 * @returns {Scale}
 */
function wideScale(unit, to) {
  const below = unit === "seconds" ? durationsBelow(to) : Array.from({ length: STEPS - 1 }, (_, index) => to / BYTE_FACTOR ** (index + 1)).reverse();
  return { from: 0, to, limits: below, even: false };
}

/** @param {number} to one of the durations */
function durationsBelow(to) {
  const end = DURATIONS_S.indexOf(to);
  return DURATIONS_S.slice(end - (STEPS - 1), end);
}

/**
 * @param {Unit} unit
 * @param {number} most
 */
function endFor(unit, most) {
  switch (unit) {
    case "ratio":
      return 1;
    case "bytes":
    case "bytes per second":
      return BYTE_FACTOR ** Math.ceil(Math.log(Math.max(most, LEAST_BYTES)) / Math.log(BYTE_FACTOR));
    case "seconds":
      return DURATIONS_S.slice(STEPS - 1).find((duration) => duration >= most) ?? /** @type {number} */ (DURATIONS_S.at(-1));
    case "celsius":
      return Math.max(2, Math.ceil(most / CELSIUS_STEP)) * CELSIUS_STEP;
    default:
      return niceEnd(most);
  }
}

/** @param {number} most */
function niceEnd(most) {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const digit = NICE.find((nice) => nice * power >= most * (1 - Number.EPSILON)) ?? 10;
  return Math.max(1, digit * power);
}
