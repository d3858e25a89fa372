import { COARSE_S, columnKey, columnOf, firstFrom, flattened, grouped, joined, merged, pad, usualDistance, withGaps } from "./columns.js";
import { GAP_INTERVALS } from "./interval.js";
import { placeWithin } from "./holes.js";

/** @import { HostSample } from "./protocol.js" */
/** @import { Column, HostSeries, Values } from "./series.js" */

/** Shorter is never a gap: the network may well hold back a few of ten samples a second. */
const GAP_LEAST_S = 1;
/** Samples younger than this are kept one by one, older ones by the second, so that ten a second for ten minutes stay some 1,100 rows. */
const FINE_S = 60;
/** A host that says other names in every sample must not fill the page's memory. The hub keeps no more than a quarter of this. */
const MOST_COLUMNS = 1_024;
/** How often old rows are made coarse and given up. */
const TIDY_S = 5;

/** @typedef {{at: number[], columns: Map<string, Column>}} Table columns as long as `at`; null in all of them where a gap begins */
/** @typedef {Pick<HostSample, "at" | "metrics">} Reading */
/** @typedef {{at: number, step: number, row: number, columns: Map<string, Column>}} Place where a row comes from */

/** What is known of one host's last minutes: what the hub remembers, then each sample as it comes. It knows neither charts nor a page. */
export class ChartColumns {
  #keptS;
  /** @type {number[]} */
  #at = [];
  /** How far the next sample is from each, in seconds. @type {number[]} */
  #steps = [];
  /** @type {Map<string, Column>} */
  #columns = new Map();
  #tidyAt = -Infinity;
  /** When the newest sample came. Nothing newer is filled in: for a while the hub goes on with the value of the newest that it has. */
  #until = Infinity;
  /** Rows before it were made coarse already. */
  #coarseUntil = -Infinity;

  /** @param {number} keptS seconds */
  constructor(keptS) {
    this.#keptS = keptS;
  }

  get length() {
    return this.#at.length;
  }

  /** The same up to now, which does not grow old: nothing of it is ever given up. */
  copy() {
    const copy = new ChartColumns(Infinity);
    copy.#until = this.last ?? Infinity;
    const columnCopy = (/** @type {Column} */ { min, mean, max }) => ({ min: [...min], mean: [...mean], max: [...max] });
    copy.#at = [...this.#at];
    copy.#steps = [...this.#steps];
    copy.#columns = new Map([...this.#columns].map(([key, column]) => [key, columnCopy(column)]));
    copy.#coarseUntil = this.#coarseUntil;
    return copy;
  }

  /** When the newest sample came. */
  get last() {
    return this.#at.at(-1) ?? null;
  }

  /**
   * The keys of all columns with a value, in the order in which they were seen first.
   * @returns {string[]}
   */
  keys() {
    return [...this.#columns.keys()];
  }

  /**
   * A sample that is not newer than the last one is ignored. What the hub has told of a time from it on gives way to it.
   * @param {Reading} sample
   * @param {number} step seconds to the next one
   */
  append({ at, metrics }, step) {
    if (at <= this.#until && this.#until < Infinity) return false;
    this.#cut(at);
    this.#until = at;
    this.#at.push(at);
    this.#steps.push(step);
    for (const [metric, value] of Object.entries(metrics)) {
      if (typeof value === "number") this.#put(columnKey(metric), value);
      else for (const [instance, number] of Object.entries(value ?? {})) this.#put(columnKey(metric, instance), number);
    }
    for (const column of this.#columns.values()) pad(column, this.#at.length);
    if (at - this.#tidyAt >= TIDY_S) this.#tidy(at);
    return true;
  }

  /**
   * What the hub remembers, for the times of which nothing is known here.
   * @param {HostSeries} series
   */
  fill(series) {
    const columns = flattened(series);
    const told = series.at.flatMap((_, row) => ([...columns.values()].some(({ mean }) => typeof mean[row] === "number") ? [row] : []));
    const step = usualDistance(told.map((row) => series.at[row] ?? 0));
    const width = usualDistance(series.at);
    const known = { at: this.#at, steps: this.#steps };
    const news = told.flatMap((row) => {
      const start = series.at[row] ?? 0;
      const at = placeWithin(known, start, start + width);
      return at === null || at > this.#until ? [] : [{ at, step, row, columns }];
    });
    /** @type {Place[]} */
    const places = [...this.#at.map((at, row) => ({ at, step: this.#steps[row] ?? step, row, columns: this.#columns })), ...news];
    places.sort((a, b) => a.at - b.at);
    const keys = [...new Set([...columns.keys(), ...this.#columns.keys()])];
    this.#columns = new Map(keys.map((key) => [key, columnOf(places.length, (place, side) => picked(places[place], key, side))]));
    this.#at = places.map(({ at }) => at);
    this.#steps = places.map(({ step }) => step);
    if (this.last !== null) this.#tidy(this.last);
  }

  /**
   * Copies of these columns since `from`, with the one row before it.
   * @param {string[]} keys
   * @param {number} [from]
   * @returns {Table}
   */
  table(keys, from = -Infinity) {
    const first = Math.max(0, firstFrom(this.#at, from) - 1);
    const gaps = this.#gapsAfter(first);
    const at = withGaps(this.#at, first, gaps, (row) => this.#gapAfter(row - 1));
    const nothing = () => null;
    const unknown = at.map(nothing);
    const copy = (/** @type {Values | undefined} */ values) => (values ? withGaps(values, first, gaps, nothing) : unknown);
    const columns = new Map();
    for (const key of keys) {
      const column = this.#columns.get(key);
      columns.set(key, { min: copy(column?.min), mean: copy(column?.mean), max: copy(column?.max) });
    }
    return { at, columns };
  }

  /**
   * The newest number of a column, null if the newest sample has none.
   * @param {string} key
   */
  latest(key) {
    return this.#columns.get(key)?.mean[this.#at.length - 1] ?? null;
  }

  /**
   * Whether a column has had nothing but zeros.
   * @param {string} key
   */
  isQuiet(key) {
    return !this.#columns.get(key)?.max.some((value) => value);
  }

  /**
   * The rows before which there is a gap.
   * @param {number} first
   */
  #gapsAfter(first) {
    const gaps = [];
    for (let row = first + 1; row < this.#at.length; row += 1) if (this.#isGap(row)) gaps.push(row);
    return gaps;
  }

  /** @param {number} row whether nothing is known before it */
  #isGap(row) {
    const distance = /** @type {number} */ (this.#at[row]) - /** @type {number} */ (this.#at[row - 1]);
    const step = Math.max(this.#steps[row] ?? 0, this.#steps[row - 1] ?? 0);
    return distance > Math.max(GAP_LEAST_S, GAP_INTERVALS * step);
  }

  /** @param {number} row */
  #gapAfter(row) {
    return /** @type {number} */ (this.#at[row]) + /** @type {number} */ (this.#steps[row]);
  }

  /**
   * @param {string} key
   * @param {number} value
   */
  #put(key, value) {
    if (typeof value !== "number") return;
    let column = this.#columns.get(key);
    if (!column && this.#columns.size >= MOST_COLUMNS) return;
    if (!column) this.#columns.set(key, (column = { min: [], mean: [], max: [] }));
    pad(column, this.#at.length - 1);
    column.min.push(value);
    column.mean.push(value);
    column.max.push(value);
  }

  /** @param {number} from rows at this time or later go */
  #cut(from) {
    const length = firstFrom(this.#at, from);
    if (length === this.#at.length) return;
    this.#at.length = this.#steps.length = length;
    for (const { min, mean, max } of this.#columns.values()) min.length = mean.length = max.length = length;
  }

  /**
   * Give up what is too old, and make coarse what has become old since the last time.
   * @param {number} now
   */
  #tidy(now) {
    this.#tidyAt = now;
    const fineFrom = Math.floor((now - FINE_S) / COARSE_S) * COARSE_S;
    const first = firstFrom(this.#at, now - this.#keptS);
    const groups = grouped(this.#at, Math.max(first, firstFrom(this.#at, this.#coarseUntil)), firstFrom(this.#at, fineFrom));
    this.#coarseUntil = fineFrom;
    const columns = [...this.#columns].map(([key, column]) => /** @type {const} */ ([key, merged(column, first, groups)]));
    this.#columns = new Map(columns.filter(([, { mean }]) => mean.some((value) => value !== null)));
    this.#steps = joined(this.#steps, first, groups, () => COARSE_S);
    this.#at = joined(this.#at, first, groups, ([at]) => at ?? 0);
  }
}

/**
 * @param {Place | undefined} place
 * @param {string} key
 * @param {keyof Column} side
 */
function picked(place, key, side) {
  return place?.columns.get(key)?.[side][place.row] ?? null;
}
