import { HISTORY_GET_SERIES } from "./protocol.js";
import { Refused } from "./session.js";

/** @import { Session } from "./session.js" */

/** @typedef {(number | null)[]} Values null where nothing is known */
/** @typedef {{min: Values, mean: Values, max: Values}} Column as long as `at` */
/** @typedef {{[instance: string]: Column}} InstanceColumns */
/** @typedef {{at: number[], [metric: string]: Column | InstanceColumns | number[]}} HostSeries */
/** @typedef {{start?: number | null, end?: number | null, points?: number}} Range in seconds of the hub's clock; the last ten minutes without */
/** @typedef {{hosts: string[], metrics: string[], start: number | null, end: number | null, points: number}} Request */

const POINTS = 300;
const FEWEST_POINTS = 2;
const MOST_HOSTS = 64;
const MOST_METRICS = 64;
/** A first guess of what one answer can carry, at one value a metric. An answer that is too large all the same is asked for in parts. */
const MOST_VALUES = 10_000;
const MOST_IN_FLIGHT = 3;

/** Reads what the hub remembers, in answers of a bearable size. */
export class Series {
  #session;
  #inFlight = 0;
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
  }

  /**
   * By host; a host that the hub knows nothing of is missing. Rejects with the first error.
   * @param {string[]} hosts
   * @param {string[]} metrics
   * @param {Range} [range]
   * @returns {Promise<Map<string, HostSeries>>}
   */
  async read(hosts, metrics, { start = null, end = null, points = POINTS } = {}) {
    const width = Math.min(MOST_METRICS, metrics.length);
    const most = Math.min(MOST_HOSTS, Math.max(1, Math.floor(MOST_VALUES / (width * points))));
    const lists = chunks(metrics, MOST_METRICS);
    const requests = chunks(hosts, most).flatMap((some) => lists.map((few) => ({ hosts: some, metrics: few, start, end, points })));
    const state = { failed: false };
    const answers = await Promise.all(requests.map((request) => this.#read(request, state)));
    return answers.reduce(joined, new Map());
  }

  /**
   * @param {Request} request
   * @param {{failed: boolean}} state of the reading that this request belongs to: after an error nothing more is asked
   * @returns {Promise<Map<string, HostSeries>>}
   */
  async #read(request, state) {
    try {
      return parsed(await this.#called(request, state));
    } catch (error) {
      const parts = isTooLarge(error) ? halves(request) : [];
      if (!parts.length) {
        state.failed = true;
        throw error;
      }
      const answers = [];
      for (const part of parts) answers.push(await this.#read(part, state));
      return answers.reduce(joined, new Map());
    }
  }

  /**
   * @param {Request} request
   * @param {{failed: boolean}} state
   */
  async #called(request, state) {
    if (this.#inFlight >= MOST_IN_FLIGHT) await new Promise((resolve) => this.#waiting.push(() => resolve(undefined)));
    this.#inFlight += 1;
    try {
      if (state.failed) throw new Error("another part of the same reading failed");
      return await this.#session.call(HISTORY_GET_SERIES, { ...request });
    } finally {
      this.#inFlight -= 1;
      this.#waiting.shift()?.();
    }
  }
}

/** @param {unknown} error the hub's own words, which say the remedy */
function isTooLarge(error) {
  return error instanceof Refused && error.message.includes("ask for fewer");
}

/**
 * The same in two requests, or with half as many points, or nothing when it cannot be made smaller.
 * @param {Request} request
 * @returns {Request[]}
 */
function halves(request) {
  const { hosts, metrics, points } = request;
  if (hosts.length > 1) return halved(hosts).map((some) => ({ ...request, hosts: some }));
  if (metrics.length > 1) return halved(metrics).map((some) => ({ ...request, metrics: some }));
  return points > FEWEST_POINTS ? [{ ...request, points: Math.max(FEWEST_POINTS, Math.floor(points / 2)) }] : [];
}

/**
 * @template T
 * @param {T[]} list
 */
function halved(list) {
  return chunks(list, Math.ceil(list.length / 2));
}

/**
 * @template T
 * @param {T[]} list
 * @param {number} most
 */
function chunks(list, most) {
  return Array.from({ length: Math.ceil(list.length / most) }, (_, part) => list.slice(part * most, (part + 1) * most));
}

/**
 * Without prototypes: a host may well name a disk `__proto__`.
 * @param {any} answer
 * @returns {Map<string, HostSeries>}
 */
function parsed(answer) {
  return new Map(Object.entries(answer ?? {}).map(([host, columns]) => [host, Object.assign(Object.create(null), columns)]));
}

/**
 * @param {Map<string, HostSeries>} all
 * @param {Map<string, HostSeries>} more
 */
function joined(all, more) {
  for (const [host, columns] of more) {
    const before = all.get(host);
    all.set(host, before ? aligned(before, columns) : columns);
  }
  return all;
}

/**
 * The columns of both: the hub may have begun another bucket meanwhile, or made wider ones.
 * @param {HostSeries} one
 * @param {HostSeries} other
 * @returns {HostSeries}
 */
function aligned(one, other) {
  const at = [...new Set([...one.at, ...other.at])].sort((a, b) => a - b);
  return Object.assign(Object.create(null), moved(one, at), moved(other, at), { at });
}

/**
 * @param {HostSeries} series
 * @param {number[]} at
 */
function moved(series, at) {
  if (series.at.length === at.length) return series;
  const rows = new Map(series.at.map((moment, row) => [moment, row]));
  const places = at.map((moment) => rows.get(moment) ?? -1);
  return spread(series, places);
}

/**
 * @param {any} value columns, at any depth
 * @param {number[]} places the row of each new row, -1 for none
 * @returns {any}
 */
function spread(value, places) {
  if (Array.isArray(value)) return places.map((row) => value[row] ?? null);
  const made = Object.create(null);
  for (const [key, inner] of Object.entries(value)) made[key] = spread(inner, places);
  return made;
}
