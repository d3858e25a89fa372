import { firstFrom } from "./columns.js";

/** With fewer intervals than this from one sample to the next, one is late and none is missing. */
const HOLE_INTERVALS = 1.5;

/**
 * Where what the hub tells of some time belongs among the samples that are known here: to the first moment within it of which nothing is known;
 * null if all of it is.
 * @param {{at: number[], steps: number[]}} known samples in order, and how far the next one should be from each
 * @param {number} start of that time
 * @param {number} end
 */
export function placeWithin({ at, steps }, start, end) {
  for (let row = firstFrom(at, start); row <= at.length; row += 1) {
    const [before, after] = [at[row - 1], at[row]];
    if (before !== undefined && before >= end) return null;
    const step = Math.max(steps[row - 1] ?? 0, steps[row] ?? 0);
    const from = before === undefined || before < start ? start : before + step;
    const until = after === undefined || after >= end ? end : after - step;
    if (from < until && isHole(before, after, step, start)) return from;
  }
  return null;
}

/**
 * Before the first sample and behind the last one all is unknown. But of the time in which the last one was taken nothing else is known yet.
 * @param {number | undefined} before
 * @param {number | undefined} after
 * @param {number} step
 * @param {number} start
 */
function isHole(before, after, step, start) {
  if (after === undefined) return before === undefined || before < start;
  return before === undefined || after - before > HOLE_INTERVALS * step;
}
