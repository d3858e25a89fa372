import { GAP_INTERVALS } from "./interval.js";

/** @import { Values } from "./series.js" */

/** The line goes on, and so does the newest value, up to now, for less than a gap and for so many steps at least. */
const REACH_LEAST_STEPS = 2;
/** Longer than between two ticks of the page, also on a busy machine. */
const LEFT_S = 3;

/** @typedef {(number | null | undefined)[]} Course null where a gap is; undefined between two values that belong together */
/** @typedef {{steps: Int32Array, values: Float64Array}} Ring a value stands at its step's place, and counts only with that step's number */

/** One value of many hosts over the last minutes, in steps of time that are the same for all. */
export class OverlayColumns {
  #stepS;
  #count;
  /** @type {Map<string, Ring>} */
  #rings = new Map();
  #seenAt = -Infinity;
  /** Nothing newer is filled in. */
  #until = Infinity;
  /** @type {OverlayColumns | null} */
  #held = null;

  /**
   * @param {number} stepS seconds
   * @param {number} count of steps that are kept
   */
  constructor(stepS, count) {
    this.#stepS = stepS;
    this.#count = count;
  }

  /**
   * @param {string} id
   * @param {number} at
   * @param {number} value
   */
  put(id, at, value) {
    this.#set(this.#ring(id), this.#stepOf(at), value);
  }

  /**
   * What the hub remembers, where nothing is known here.
   * @param {string} id
   * @param {number[]} at
   * @param {Values} values
   */
  fill(id, at, values) {
    this.#held?.fill(id, at, values);
    const ring = this.#ring(id);
    at.forEach((moment, row) => {
      const step = this.#stepOf(moment);
      const value = values[row] ?? null;
      const place = this.#place(step);
      if (value !== null && step <= this.#until && (ring.steps[place] ?? 0) < step) this.#set(ring, step, value);
    });
  }

  /**
   * The same up to now, which does not grow old; the past is filled in there as well, until another one is held, or none.
   * @param {number} now
   */
  hold(now) {
    const held = new OverlayColumns(this.#stepS, this.#count);
    held.#until = this.#stepOf(now);
    held.#rings = new Map([...this.#rings].map(([id, { steps, values }]) => [id, { steps: steps.slice(), values: values.slice() }]));
    this.#held = held;
    return held;
  }

  release() {
    this.#held = null;
  }

  /**
   * Whether nobody has put anything here for a while, since this was last asked: it is once a second, as long as somebody looks.
   * @param {number} now
   */
  wereLeft(now) {
    const before = this.#seenAt;
    this.#seenAt = now;
    return now - before > LEFT_S;
  }

  /** @param {Set<string>} ids nothing is kept of others */
  keep(ids) {
    for (const id of this.#rings.keys()) if (!ids.has(id)) this.#rings.delete(id);
  }

  /**
   * The instants of all courses that are asked for at the same time.
   * @param {number} now
   */
  moments(now) {
    const first = this.#firstStep(now);
    return Array.from({ length: this.#count }, (_, index) => (first + index) * this.#stepS);
  }

  /**
   * @param {string} id
   * @param {number} now
   * @param {number} intervalS between two samples of this host
   * @returns {Course}
   */
  course(id, now, intervalS) {
    const first = this.#firstStep(now);
    const reach = this.#reach(intervalS);
    /** @type {Course} */
    const course = new Array(this.#count).fill(null);
    let last = -Infinity;
    for (let index = 0; index < this.#count; index += 1) {
      const value = this.#at(id, first + index);
      if (value === null) continue;
      course[index] = value;
      if (index - last <= reach) course.fill(undefined, last + 1, index);
      last = index;
    }
    const end = this.#count - 1;
    if (last < end && end - last <= reach) course.fill(undefined, last + 1, end)[end] = course[last];
    return course;
  }

  /**
   * The least and the most of all these hosts. A value holds until the next one.
   * @param {Iterable<[id: string, intervalS: number]>} hosts
   * @param {number} now
   * @returns {{min: Values, max: Values}}
   */
  spread(hosts, now) {
    const first = this.#firstStep(now);
    const min = /** @type {Values} */ (new Array(this.#count).fill(null));
    const max = min.slice();
    for (const [id, intervalS] of hosts) {
      const reach = this.#reach(intervalS);
      /** @type {number | null} */
      let held = null;
      let age = 0;
      for (let index = 0; index < this.#count; index += 1) {
        const value = this.#at(id, first + index);
        age = value === null ? age + 1 : 0;
        held = value ?? (age < reach ? held : null);
        if (held === null) continue;
        min[index] = Math.min(min[index] ?? held, held);
        max[index] = Math.max(max[index] ?? held, held);
      }
    }
    return { min, max };
  }

  /**
   * @param {string} id
   * @param {number} step
   */
  #at(id, step) {
    const ring = this.#rings.get(id);
    const place = this.#place(step);
    return ring?.steps[place] === step ? (ring.values[place] ?? null) : null;
  }

  /**
   * @param {Ring} ring
   * @param {number} step
   * @param {number} value
   */
  #set(ring, step, value) {
    const place = this.#place(step);
    ring.steps[place] = step;
    ring.values[place] = value;
  }

  /** @param {string} id */
  #ring(id) {
    const known = this.#rings.get(id);
    if (known) return known;
    const ring = { steps: new Int32Array(this.#count), values: new Float64Array(this.#count) };
    this.#rings.set(id, ring);
    return ring;
  }

  /** @param {number} at */
  #stepOf(at) {
    return Math.floor(at / this.#stepS);
  }

  /** @param {number} step */
  #place(step) {
    return step % this.#count;
  }

  /** @param {number} now */
  #firstStep(now) {
    return this.#stepOf(now) - this.#count + 1;
  }

  /** @param {number} intervalS */
  #reach(intervalS) {
    return Math.max(REACH_LEAST_STEPS, Math.ceil((GAP_INTERVALS * intervalS) / this.#stepS));
  }
}
