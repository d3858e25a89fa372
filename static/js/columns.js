/** Columns of numbers over time: three as long as each other, with null where nothing is known. */

/** @import { Column, HostSeries, InstanceColumns, Values } from "./series.js" */

/** @typedef {[first: number, end: number]} Rows the end is not one of them */

/** Rows that become one are those of the same second. */
export const COARSE_S = 1;

/**
 * First and end of the rows that become one: alone, or, before `fineFrom`, with those of the same second.
 * @param {number[]} at
 * @param {number} from rows before it are given up
 * @param {number} fineFrom
 */
export function grouped(at, from, fineFrom) {
  /** @type {Rows[]} */
  const groups = [];
  for (let row = from; row < at.length; row += 1) {
    const last = groups.at(-1);
    const together = last && row < fineFrom && second(at[last[0]]) === second(at[row]);
    if (together) last[1] = row + 1;
    else groups.push([row, row + 1]);
  }
  return groups;
}

/** @param {number | undefined} at */
function second(at = 0) {
  return Math.floor(at / COARSE_S);
}

/**
 * @param {Column} column
 * @param {Rows[]} groups
 * @returns {Column}
 */
export function merged({ min, mean, max }, groups) {
  return {
    min: groups.map(([first, end]) => extreme(min, first, end, Math.min)),
    mean: groups.map(([first, end]) => average(mean, first, end)),
    max: groups.map(([first, end]) => extreme(max, first, end, Math.max)),
  };
}

/**
 * @param {Values} values
 * @param {number} first
 * @param {number} end
 * @param {(a: number, b: number) => number} choose
 */
function extreme(values, first, end, choose) {
  let found = null;
  for (let row = first; row < end; row += 1) {
    const value = values[row] ?? null;
    if (value !== null) found = found === null ? value : choose(found, value);
  }
  return found;
}

/**
 * @param {Values} values
 * @param {number} first
 * @param {number} end
 */
function average(values, first, end) {
  if (end - first === 1) return values[first] ?? null;
  const known = values.slice(first, end).filter((value) => value !== null);
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}

/**
 * @param {number} length
 * @param {(row: number, side: keyof Column) => number | null} of
 * @returns {Column}
 */
export function columnOf(length, of) {
  const side = (/** @type {keyof Column} */ name) => Array.from({ length }, (_, row) => of(row, name));
  return { min: side("min"), mean: side("mean"), max: side("max") };
}

/**
 * A copy of these rows, null where there is none.
 * @param {Column | undefined} column
 * @param {number[]} rows
 */
export function taken(column, rows) {
  return columnOf(rows.length, (place, side) => column?.[side][rows[place] ?? -1] ?? null);
}

/**
 * @param {Column} column
 * @param {number} length
 */
export function pad({ min, mean, max }, length) {
  for (const values of [min, mean, max]) while (values.length < length) values.push(null);
}

/**
 * The median of the distances between neighbours: a host that is sampled once a minute is known only so often.
 * @param {number[]} at in order
 */
export function usualDistance(at) {
  const distances = at.slice(1).map((moment, row) => moment - /** @type {number} */ (at[row]));
  return distances.sort((a, b) => a - b)[distances.length >> 1] ?? COARSE_S;
}

/**
 * The first row at or after `moment`.
 * @param {number[]} at in order
 * @param {number} moment
 */
export function firstFrom(at, moment) {
  let low = 0;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {number} */ (at[middle]) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * How a column is called: `load_1m`, `disk_used_bytes[/home]`.
 * @param {string} metric
 * @param {string} [instance]
 */
export function columnKey(metric, instance) {
  return instance === undefined ? metric : `${metric}[${instance}]`;
}

/**
 * By column key.
 * @param {HostSeries} series what the hub answered
 * @returns {Map<string, Column>}
 */
export function flattened(series) {
  const columns = new Map();
  for (const [metric, value] of Object.entries(series)) {
    if (metric === "at") continue;
    if (isColumn(value)) columns.set(columnKey(metric), value);
    else for (const [instance, column] of Object.entries(/** @type {InstanceColumns} */ (value))) columns.set(columnKey(metric, instance), column);
  }
  return columns;
}

/**
 * @param {unknown} value
 * @returns {value is Column}
 */
function isColumn(value) {
  return Array.isArray(/** @type {any} */ (value)?.mean);
}
