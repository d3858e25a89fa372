/** @import { HostSample, HostView } from "./protocol.js" */

/** How long samples were under way, from the instant a host took one until it stood here. */

const WINDOW_S = 60;
const MS_PER_S = 1000;
/** Up to a second counted to the millisecond, up to a minute to the tenth of a second. */
const FINE_MS = 1000;
const COARSE_STEP_MS = 100;
const BUCKETS = FINE_MS + (60 * MS_PER_S - FINE_MS) / COARSE_STEP_MS + 1;

/** Kept beside the samples, which are immutable values. @type {WeakMap<HostSample, number>} */
const drawn = new WeakMap();

/**
 * In milliseconds; null if no sample was drawn yet, or the host's clock is not known.
 * @param {HostView} host
 */
export function latencyOf({ sample }) {
  return (sample && drawn.get(sample)) ?? null;
}

/** The latency of all samples that were drawn in the last minute: how many there were of each, so that many cost no more than few. */
export class Latencies {
  /** By second of being drawn, oldest first. @type {Map<number, Uint32Array>} */
  #seconds = new Map();
  #all = new Uint32Array(BUCKETS);

  /**
   * This host's newest sample is being drawn, for the first time.
   * @param {HostView} host
   * @param {number} now the hub's clock, in seconds
   */
  note({ sample, clock_offset }, now) {
    if (!sample || typeof clock_offset !== "number" || drawn.has(sample)) return;
    const milliseconds = Math.max(0, (now - (sample.taken_at - clock_offset)) * MS_PER_S);
    drawn.set(sample, milliseconds);
    const bucket = bucketOf(milliseconds);
    for (const counts of [this.#second(now), this.#all]) counts[bucket] = (counts[bucket] ?? 0) + 1;
  }

  /**
   * @param {number} now the hub's clock, in seconds
   * @returns {{p50: number, p99: number, count: number} | null} in milliseconds; null without samples
   */
  spread(now) {
    this.#forget(now);
    let count = 0;
    for (const some of this.#all) count += some;
    return count ? { p50: this.#quantile(0.5 * count), p99: this.#quantile(0.99 * count), count } : null;
  }

  /** @param {number} rank how many of all are below */
  #quantile(rank) {
    let bucket = 0;
    let passed = this.#all[0] ?? 0;
    while (passed <= rank && bucket < BUCKETS - 1) passed += this.#all[++bucket] ?? 0;
    return millisecondsOf(bucket);
  }

  /** @param {number} now */
  #second(now) {
    const second = Math.floor(now);
    const known = this.#seconds.get(second);
    if (known) return known;
    const counts = new Uint32Array(BUCKETS);
    this.#seconds.set(second, counts);
    return counts;
  }

  /** @param {number} now */
  #forget(now) {
    for (const [second, counts] of this.#seconds) {
      if (Math.abs(now - second) <= WINDOW_S) continue; // also what was noted before the clock was set back
      this.#seconds.delete(second);
      for (let bucket = 0; bucket < BUCKETS; bucket += 1) this.#all[bucket] = (this.#all[bucket] ?? 0) - (counts[bucket] ?? 0);
    }
  }
}

/** @param {number} milliseconds */
function bucketOf(milliseconds) {
  if (milliseconds < FINE_MS) return Math.floor(milliseconds);
  return Math.min(BUCKETS - 1, FINE_MS + Math.floor((milliseconds - FINE_MS) / COARSE_STEP_MS));
}

/** @param {number} bucket */
function millisecondsOf(bucket) {
  return bucket < FINE_MS ? bucket : FINE_MS + (bucket - FINE_MS) * COARSE_STEP_MS;
}
