import { fieldNamed } from "./fields.js";
import { number } from "./metrics.js";
import { BUCKETS, Ring, bucketAt } from "./ring.js";
import { Signal } from "./signal.js";

/** @import { Platform } from "./platform.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Values } from "./ring.js" */
/** @import { HostSeries, Series } from "./series.js" */
/** @import { Session } from "./session.js" */
/** @import { FleetStore } from "./store.js" */

/** @typedef {{cpu: Values, memory: Values, network: Values}} Courses */

/** Hosts that come into view together are asked for together, when no more have come for so long. */
const GATHER_MS = 120;
const RETRY_MS = 30_000;

const NETWORK_METRICS = ["network_received_bytes_per_second", "network_sent_bytes_per_second"];
const METRICS = ["cpu_used_ratio", "memory_used_bytes", ...NETWORK_METRICS];
const KINDS = /** @type {const} */ (["cpu", "memory", "network"]);
const FIELD_OF = { cpu: fieldNamed("cpu"), memory: fieldNamed("memory"), network: fieldNamed("net") };

/** The last ten minutes of each host, as small courses show them: from live samples, and what was before them from the hub. */
export class Recent {
  /** More is known of hosts than live samples have told. @type {Signal<void>} */
  changed = new Signal();

  #store;
  #series;
  #session;
  #platform;
  /** @type {Map<string, Record<typeof KINDS[number], Ring>>} */
  #rings = new Map();
  /** Hosts whose past was read in this session. @type {Set<string>} */
  #read = new Set();
  /** @type {Set<string>} */
  #wanted = new Set();
  /** @type {unknown} */
  #timer = null;

  /** @param {{store: FleetStore, series: Pick<Series, "read">, session: Session, platform: Platform}} services */
  constructor({ store, series, session, platform }) {
    this.#store = store;
    this.#series = series;
    this.#session = session;
    this.#platform = platform;
    store.sampled.listen((ids) => this.#onSamples(ids));
    session.joined.listen(() => this.#onJoined());
  }

  /**
   * These hosts, and no others, are in view: read their past, if that was not done yet. Not while others still come into view: who scrolls
   * past a thousand hosts asks for those only where the scrolling ends.
   * @param {Iterable<string>} ids
   */
  want(ids) {
    const before = this.#wanted;
    this.#wanted = new Set([...ids].filter((id) => !this.#read.has(id)));
    if ([...this.#wanted].some((id) => !before.has(id))) this.#later(GATHER_MS);
  }

  /** What was missed meanwhile is asked for again, and at once what could not be read before. */
  #onJoined() {
    this.#read.clear();
    if (this.#wanted.size) this.#later(GATHER_MS);
  }

  /**
   * @param {string} id
   * @param {number} now the hub's clock, in seconds
   * @returns {Courses | null} null: nothing is known
   */
  of(id, now) {
    const rings = this.#rings.get(id);
    if (!rings) return null;
    const bucket = bucketAt(now);
    return { cpu: rings.cpu.values(bucket), memory: rings.memory.values(bucket), network: rings.network.values(bucket) };
  }

  /**
   * One of them; empty where nothing is known.
   * @param {string} id
   * @param {typeof KINDS[number]} kind
   * @param {number} now the hub's clock, in seconds
   * @returns {Values}
   */
  course(id, kind, now) {
    return this.#rings.get(id)?.[kind].values(bucketAt(now)) ?? [];
  }

  /** @param {string[]} ids */
  #onSamples(ids) {
    for (const id of ids) {
      const host = this.#store.get(id);
      if (!host?.sample) continue;
      const rings = this.#ringsOf(id);
      const bucket = bucketAt(host.sample.at);
      for (const kind of KINDS) rings[kind].add(bucket, valueOf(host, kind));
    }
    if (this.#rings.size > 2 * this.#store.size) for (const id of this.#rings.keys()) if (!this.#store.get(id)) this.#rings.delete(id);
  }

  /** @param {number} milliseconds */
  #later(milliseconds) {
    this.#platform.clearTimeout(this.#timer);
    this.#timer = this.#platform.setTimeout(() => {
      this.#timer = null;
      void this.#readWanted();
    }, milliseconds);
  }

  async #readWanted() {
    const ids = [...this.#wanted].filter((id) => this.#store.get(id));
    if (!this.#session.isJoined) return; // they are read when it is
    if (!this.#store.complete) return this.#later(GATHER_MS); // with each page of hosts others come into view
    this.#wanted.clear();
    if (!ids.length) return;
    for (const id of ids) this.#read.add(id);
    try {
      const answers = await this.#series.read(ids, METRICS, { points: BUCKETS });
      for (const [id, series] of answers) this.#fill(id, series);
      this.changed.emit();
    } catch (error) {
      for (const id of ids) this.#wanted.add(id);
      for (const id of ids) this.#read.delete(id);
      if (!this.#session.isJoined) return; // the page goes away, or the header says so; they are read in the next session
      console.warn("the last minutes could not be read, trying again:", error);
      if (this.#timer === null) this.#later(RETRY_MS);
    }
  }

  /**
   * @param {string} id
   * @param {HostSeries} series
   */
  #fill(id, series) {
    const host = this.#store.get(id);
    if (!host) return;
    const rings = this.#ringsOf(id);
    const courses = coursesOf(series, number(host.sample?.metrics.memory_total_bytes));
    series.at.forEach((at, row) => {
      for (const kind of KINDS) rings[kind].fill(bucketAt(at), courses[kind][row] ?? null);
    });
  }

  /** @param {string} id */
  #ringsOf(id) {
    const known = this.#rings.get(id);
    if (known) return known;
    const made = { cpu: new Ring(), memory: new Ring(), network: new Ring() };
    this.#rings.set(id, made);
    return made;
  }
}

/**
 * What the small courses show of what the hub keeps.
 * @param {HostSeries} series
 * @param {number | null} memoryTotal in bytes
 * @returns {Courses}
 */
export function coursesOf(series, memoryTotal) {
  const used = meansOf(series.memory_used_bytes);
  const networks = NETWORK_METRICS.flatMap((metric) => Object.values(series[metric] ?? {}).map(meansOf));
  return {
    cpu: meansOf(series.cpu_used_ratio),
    memory: memoryTotal ? used.map((value) => (value === null ? null : value / memoryTotal)) : [],
    network: series.at.map((_, row) => total(networks.map((values) => values[row] ?? null))),
  };
}

/**
 * @param {unknown} column
 * @returns {Values}
 */
function meansOf(column) {
  const mean = /** @type {{mean?: Values} | undefined} */ (column)?.mean;
  return Array.isArray(mean) ? mean : [];
}

/** @param {Values} values */
function total(values) {
  return values.reduce((sum, value) => (value === null ? sum : (sum ?? 0) + value), null);
}

/**
 * @param {HostView} host
 * @param {typeof KINDS[number]} kind
 */
function valueOf(host, kind) {
  const value = FIELD_OF[kind]?.of(host, 0);
  return typeof value === "number" ? value : null;
}
