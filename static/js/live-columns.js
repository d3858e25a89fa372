import { ChartColumns } from "./chart-columns.js";
import { messageOf } from "./failure.js";
import { GAP_INTERVALS } from "./interval.js";
import { Signal } from "./signal.js";

/** @import { HostSample } from "./protocol.js" */
/** @import { Series } from "./series.js" */

export const KEPT_S = 600;
/** A gap as long as this is asked for: the hub may know what this page has missed. */
const HOLE_LEAST_S = 3;
/** Seconds between the points of a filled hole. The hub begins with the first whole step: a longer one may begin behind what was missed. */
const HOLE_STEP_S = 1;
const FEWEST_POINTS = 2;
const MOST_POINTS = 300;
/** What could not be read is asked for again after this. */
const RETRY_S = 15;
/** Regular samples count again when no faster one has come for this long. */
const WATCHED_LEAST_S = 2;

/** The columns of the host that is open, kept up to date: what the hub remembers, each new sample, and what was missed meanwhile. */
export class LiveColumns {
  /** A sample came, the past was filled in, or everything is another host's. @type {Signal<"sample" | "past">} */
  changed = new Signal();
  columns = new ChartColumns(KEPT_S);
  /** What is to be drawn: the columns, or a copy of them that is held and so does not grow old. */
  shown = this.columns;
  /** Why the last minutes could not be read; empty if they could. */
  problem = "";

  #series;
  #metrics;
  #host = "";
  /** When the newest faster sample came, and for how long it holds. */
  #watchedUntil = -Infinity;
  #reading = false;
  /** Whether something was to be read meanwhile: another reading follows. */
  #readAgain = false;
  /** Seconds between the newest two samples. */
  #distance = 0;
  #wasAway = false;
  /** When what could not be read is asked for again. @type {number | null} */
  #retryAt = null;

  /**
   * @param {Series} series
   * @param {string[]} metrics
   */
  constructor(series, metrics) {
    this.#series = series;
    this.#metrics = metrics;
  }

  get isReading() {
    return this.#reading;
  }

  /** @param {string} host */
  open(host) {
    this.#host = host;
    this.shown = this.columns = new ChartColumns(KEPT_S);
    this.problem = "";
    this.#watchedUntil = -Infinity;
    this.#reading = this.#readAgain = false;
    this.#distance = 0;
    this.#wasAway = false;
    this.#retryAt = null;
    this.changed.emit("past");
    void this.#read({});
  }

  close() {
    this.#host = "";
    this.shown = this.columns = new ChartColumns(KEPT_S);
  }

  /** @param {boolean} isHeld */
  hold(isHeld) {
    if (!isHeld) this.shown = this.columns;
    else if (this.shown === this.columns) this.shown = this.columns.copy();
  }

  /**
   * There is another session: the newest sample that the hub has counts, even if faster ones came before; what was missed meanwhile is read
   * with it, however short the hole is; and the last minutes at once, if they could not be read, or if the answer will not come any more.
   */
  rejoined() {
    this.#wasAway = true;
    this.#watchedUntil = -Infinity;
    if (this.#host && (this.problem || this.#reading)) void this.#read({});
  }

  /** @param {number} now in seconds, of any clock */
  tick(now) {
    if (!this.#host || !this.problem || this.#reading) this.#retryAt = null;
    else if (this.#retryAt === null) this.#retryAt = now + RETRY_S;
    else if (now >= this.#retryAt) void this.#read({});
  }

  /**
   * A sample that everybody gets. While faster ones come it says nothing new: its rates are those of a longer time.
   * @param {HostSample} sample
   * @param {number} step seconds to the next one
   */
  regular(sample, step) {
    if (sample.at > this.#watchedUntil) this.#append(sample, step);
  }

  /**
   * A sample for those only who watch the host. It may be a regular one all the same: the host is still to hear that it is watched, or
   * knows no leases.
   * @param {HostSample} sample
   * @param {number} granted seconds to the next one, as the hub says
   * @param {number} regular seconds between regular samples
   */
  watched(sample, granted, regular) {
    const step = Math.max(granted, Math.min(regular, this.#distance));
    this.#watchedUntil = sample.at + Math.max(WATCHED_LEAST_S, GAP_INTERVALS * step);
    this.#append(sample, step);
  }

  /**
   * @param {HostSample} sample
   * @param {number} step
   */
  #append(sample, step) {
    const { last } = this.columns;
    if (!this.columns.append(sample, step)) return;
    this.#distance = last === null ? 0 : sample.at - last;
    this.changed.emit("sample");
    const missed = last !== null && last < sample.at && (this.#wasAway || sample.at - last > Math.max(HOLE_LEAST_S, GAP_INTERVALS * step));
    this.#wasAway = false;
    if (missed) void this.#read({ start: Math.max(last, sample.at - KEPT_S), end: sample.at });
  }

  /** @param {{start?: number, end?: number}} range */
  async #read({ start, end }) {
    if (this.#reading) {
      this.#readAgain = true;
      return;
    }
    this.#reading = true;
    const { columns } = this;
    const host = this.#host;
    const points = start && end ? Math.ceil((end - start) / HOLE_STEP_S) : MOST_POINTS;
    const range = { start, end, points: Math.min(MOST_POINTS, Math.max(FEWEST_POINTS, points)) };
    const { series, problem } = await this.#asked(host, range);
    if (columns !== this.columns) return; // another host was opened meanwhile
    this.#reading = false;
    this.problem = problem;
    if (series) for (const known of new Set([columns, this.shown])) known.fill(series);
    this.changed.emit("past");
    if (!this.#readAgain) return;
    this.#readAgain = false;
    void this.#read({});
  }

  /**
   * @param {string} host
   * @param {import("./series.js").Range} range
   */
  async #asked(host, range) {
    try {
      return { series: (await this.#series.read([host], this.#metrics, range)).get(host), problem: "" };
    } catch (error) {
      return { series: undefined, problem: messageOf(error) };
    }
  }
}
