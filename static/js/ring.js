/** @typedef {(number | null)[]} Values one for each ten seconds, the newest last; null where nothing is known */

export const BUCKETS = 60;
const BUCKET_S = 10;

/** @param {number} at */
export function bucketAt(at) {
  return Math.floor(at / BUCKET_S);
}

/** The newest sixty buckets of one value; not a number where nothing is known. */
export class Ring {
  #values = new Float64Array(BUCKETS).fill(NaN);
  /** The newest bucket. */
  #last = -Infinity;
  /** Samples in the newest bucket. */
  #count = 0;

  /**
   * A live sample: the newest bucket is the mean of its samples.
   * @param {number} bucket
   * @param {number | null} value
   */
  add(bucket, value) {
    this.#advance(bucket);
    if (bucket !== this.#last || value === null) return;
    this.#count += 1;
    const before = this.#at(bucket);
    this.#set(bucket, this.#count === 1 || Number.isNaN(before) ? value : before + (value - before) / this.#count);
  }

  /**
   * What the hub knows of a bucket. It has all samples of it, but of the newest bucket the page may know more.
   * @param {number} bucket
   * @param {number | null} value
   */
  fill(bucket, value) {
    this.#advance(bucket);
    const isKnown = bucket === this.#last && this.#count > 0;
    if (value !== null && bucket > this.#last - BUCKETS && !isKnown) this.#set(bucket, value);
  }

  /**
   * Up to now, or to the newest that there is, so that a bucket just begun is no gap.
   * @param {number} bucket of now
   * @returns {Values}
   */
  values(bucket) {
    const end = this.#last >= bucket - 1 ? this.#last : bucket;
    /** @type {Values} */
    const values = [];
    for (let one = end - BUCKETS + 1; one <= end; one += 1) {
      const value = one > this.#last - BUCKETS && one <= this.#last ? this.#at(one) : NaN;
      values.push(Number.isNaN(value) ? null : value);
    }
    return values;
  }

  /** @param {number} bucket */
  #advance(bucket) {
    if (bucket <= this.#last) return;
    const first = Math.max(this.#last + 1, bucket - BUCKETS + 1);
    for (let passed = first; passed <= bucket; passed += 1) this.#set(passed, NaN);
    this.#last = bucket;
    this.#count = 0;
  }

  /** @param {number} bucket */
  #at(bucket) {
    return this.#values[bucket % BUCKETS] ?? NaN;
  }

  /**
   * @param {number} bucket
   * @param {number} value
   */
  #set(bucket, value) {
    this.#values[bucket % BUCKETS] = value;
  }
}
