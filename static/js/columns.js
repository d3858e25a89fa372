/** Columns of numbers over time: three as long as each other, with null where nothing is known. */

/** @import { Column, HostSeries, InstanceColumns, Values } from "./series.js" */

/** @typedef {[first: number, end: number]} Rows the end is not one of them */

/** Rows that become one are those of the same second. */
export const COARSE_S = 1;

/**
 * First and end of the rows from `from` to before `end` that become one: those of the same second, or each alone.
 * @param {number[]} at
 * @param {number} from
 * @param {number} end
 */
export function grouped(at, from, end) {
  /** @type {Rows[]} */
  const groups = [];
  for (let row = from; row < end; row += 1) {
    const last = groups.at(-1);
    if (last && second(at[last[0]]) === second(at[row])) last[1] = row + 1;
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
 * @param {number} first rows before it are given up
 * @param {Rows[]} groups
 * @returns {Column}
 */
export function merged({ min, mean, max }, first, groups) {
  const side = (/** @type {Values} */ values, /** @type {(known: number[]) => number} */ one) =>
    joined(values, first, groups, (several) => {
      const known = several.filter((value) => value !== null);
      return known.length ? one(known) : null;
    });
  return { min: side(min, least), mean: side(mean, average), max: side(max, most) };
}

/**
 * From `first` on, with one value for each of the groups, which follow each other, and all others as they are.
 * @template T
 * @param {T[]} values
 * @param {number} first
 * @param {Rows[]} groups
 * @param {(several: T[]) => T} one
 * @returns {T[]}
 */
export function joined(values, first, groups, one) {
  const [begin] = groups[0] ?? [first];
  const end = groups.at(-1)?.[1] ?? begin;
  const coarse = groups.map(([from, to]) => (to - from === 1 ? /** @type {T} */ (values[from]) : one(values.slice(from, to))));
  return values.slice(first, begin).concat(coarse, values.slice(end));
}

/** @param {number[]} values */
const least = (values) => Math.min(...values);
/** @param {number[]} values */
const most = (values) => Math.max(...values);
/** @param {number[]} values */
const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

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
 * A copy from `first` on, with one more value before each of the rows `gaps`. Most have none, and copying a whole piece is quick.
 * @template T
 * @param {T[]} values
 * @param {number} first
 * @param {number[]} gaps rows in order
 * @param {(row: number) => T} between
 * @returns {T[]}
 */
export function withGaps(values, first, gaps, between) {
  if (!gaps.length) return values.slice(first);
  const pieces = [];
  let from = first;
  for (const row of gaps) {
    pieces.push(values.slice(from, row), [between(row)]);
    from = row;
  }
  return pieces.concat([values.slice(from)]).flat();
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
