import { merge } from "./merge.js";
import { Signal } from "./signal.js";

/** @import { HostView, SnapshotPage, Status, Update } from "./protocol.js" */

/** @typedef {{id: string, host: HostView}} Entry */
/** @typedef {Record<Status, number>} Counts */

/** Further from what messages say, this machine's clock was set. */
const CLOCK_STEP_MS = 5_000;

/** What is known of the fleet. Hosts are immutable values: a change makes a new one. */
export class FleetStore {
  /** @type {Signal<void>} */
  changed = new Signal();
  /** These hosts have a new sample, just taken: not one that a page brought, which may be old. @type {Signal<string[]>} */
  sampled = new Signal();

  /** @type {Map<string, HostView>} */
  #hosts = new Map();
  /** @type {Counts} */
  #counts = { up: 0, down: 0, disabled: 0, unapproved: 0 };
  /** What each changed host was before. @type {Map<string, HostView | undefined>} */
  #before = new Map();
  /** @type {number | null} */
  #tick = null;
  /** Hosts that this round of pages and the updates meanwhile have shown. @type {Set<string> | null} */
  #seen = null;
  #complete = false;
  /** Hosts whose sample is from before the hub's own start: a new one replaces it whole. @type {Set<string>} */
  #outlived = new Set();
  /** What the newest message says: short by the time it was under way. */
  #clockOffsetMs = 0;
  /** What calls have found. @type {number | null} */
  #measuredOffsetMs = null;

  /** Whether the whole fleet was read at least once. */
  get complete() {
    return this.#complete;
  }

  /** @param {string} id */
  get(id) {
    return this.#hosts.get(id);
  }

  get size() {
    return this.#hosts.size;
  }

  /** @returns {Entry[]} */
  entries() {
    return [...this.#hosts].map(([id, host]) => ({ id, host }));
  }

  /** @returns {Counts} */
  counts() {
    return { ...this.#counts };
  }

  /**
   * The hub's clock, in seconds.
   * @param {number} nowMs this machine's clock
   */
  hubTime(nowMs) {
    return (nowMs + (this.#measuredOffsetMs ?? this.#clockOffsetMs)) / 1000;
  }

  /** @param {number} offsetMs that the hub's clock is ahead of this machine's, as calls have found */
  setClockOffset(offsetMs) {
    this.#measuredOffsetMs = offsetMs;
  }

  /** What changed since the last time, with what it was before; undefined for a new host. */
  takeChanges() {
    const changes = this.#before;
    this.#before = new Map();
    return changes;
  }

  /** A new session counts ticks from wherever the hub is. */
  forgetTick() {
    this.#tick = null;
  }

  /** Pages follow. Until the last one, what is shown stays. */
  beginPages() {
    this.#seen = new Set();
  }

  /**
   * @param {SnapshotPage} page
   * @param {number} nowMs
   */
  applyPage(page, nowMs) {
    this.#setClock(page.at, nowMs);
    for (const [id, host] of Object.entries(page.hosts)) this.#putWhole(id, /** @type {any} */ (host));
    if (page.next === null) this.#endPages();
    this.changed.emit();
  }

  /**
   * @param {Update} update
   * @param {number} nowMs
   * @returns {boolean} false: something was missed, read the pages again
   */
  applyUpdate(update, nowMs) {
    if (this.#tick !== null && update.tick <= this.#tick) return true; // came twice
    this.#setClock(update.at, nowMs);
    const gap = this.#tick !== null && update.tick !== this.#tick + 1;
    this.#tick = update.tick;
    const hosts = Object.entries(update.hosts);
    for (const [id, patch] of hosts) this.#patch(id, patch);
    const sampled = hosts.filter(([id, patch]) => patch?.sample && this.#hosts.has(id)).map(([id]) => id);
    if (sampled.length) this.sampled.emit(sampled);
    this.changed.emit();
    return !gap;
  }

  /**
   * @param {string} id
   * @param {Record<string, unknown> | null} patch
   */
  #patch(id, patch) {
    const host = this.#hosts.get(id);
    if (patch === null) this.#remove(id);
    else if (patch.whole) this.#putWhole(id, { ...patch, whole: null });
    else if (host) this.#put(id, /** @type {any} */ (merge(/** @type {any} */ (this.#withoutOutlived(id, host, patch)), patch)));
    // otherwise a part of a host not read yet: its page brings the whole
  }

  /**
   * @param {string} id
   * @param {Record<string, unknown>} whole
   */
  #putWhole(id, whole) {
    const host = /** @type {HostView} */ (/** @type {any} */ (merge({}, whole)));
    const last = this.#hosts.get(id)?.sample;
    this.#outlived.delete(id);
    if (!host.sample && last) {
      this.#outlived.add(id); // the hub forgets samples when it ends; the last values stay
      host.sample = last;
    }
    this.#put(id, host);
  }

  /**
   * @param {string} id
   * @param {HostView} host
   * @param {Record<string, unknown>} patch
   * @returns {HostView}
   */
  #withoutOutlived(id, host, patch) {
    return "sample" in patch && this.#outlived.delete(id) ? { ...host, sample: null } : host;
  }

  /**
   * @param {string} id
   * @param {HostView} host
   */
  #put(id, host) {
    this.#remember(id);
    this.#seen?.add(id);
    const before = this.#hosts.get(id);
    if (before) this.#counts[before.status] -= 1;
    this.#counts[host.status] += 1;
    this.#hosts.set(id, host);
  }

  /** @param {string} id */
  #remove(id) {
    this.#remember(id);
    this.#outlived.delete(id);
    const before = this.#hosts.get(id);
    if (before) this.#counts[before.status] -= 1;
    this.#hosts.delete(id);
  }

  /** @param {string} id */
  #remember(id) {
    if (!this.#before.has(id)) this.#before.set(id, this.#hosts.get(id));
  }

  #endPages() {
    const seen = this.#seen;
    if (seen) for (const id of this.#hosts.keys()) if (!seen.has(id)) this.#remove(id);
    this.#seen = null;
    this.#complete = true;
  }

  /**
   * @param {number} at
   * @param {number} nowMs
   */
  #setClock(at, nowMs) {
    this.#clockOffsetMs = at * 1000 - nowMs;
    const measured = this.#measuredOffsetMs;
    if (measured === null) return;
    if (Math.abs(this.#clockOffsetMs - measured) > CLOCK_STEP_MS) this.#measuredOffsetMs = null;
    else this.#measuredOffsetMs = Math.max(measured, this.#clockOffsetMs); // no message comes before it was sent
  }
}
