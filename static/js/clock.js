import { FLEET_GET_SNAPSHOT } from "./protocol.js";

/** @import { Platform } from "./platform.js" */
/** @import { Session } from "./session.js" */
/** @import { FleetStore } from "./store.js" */

/** Soon after the start more often, because the first calls run beside the snapshot's. */
const FIRST_PAUSES_MS = [500, 1_000, 2_000, 4_000];
const PAUSE_MS = 30_000;
/** So many answers back the best one may be: clocks drift. */
const KEPT = 8;
/** An id behind all others: the hub tells the time and no host. */
const BEHIND_ALL = "~";
const MS_PER_S = 1000;

/** @typedef {{roundTripMs: number, offsetMs: number}} Answer */

/** Asks the hub for its time, so that ages and delays are right although this machine's clock is not. */
export class Clock {
  #session;
  #store;
  #platform;
  /** @type {Answer[]} */
  #answers = [];
  /** Counts sessions: what belongs to an earlier one ends quietly. */
  #round = 0;

  /**
   * @param {Session} session
   * @param {FleetStore} store is told the offset
   * @param {Platform} platform
   */
  constructor(session, store, platform) {
    this.#session = session;
    this.#store = store;
    this.#platform = platform;
    session.joined.listen(() => this.#begin());
  }

  #begin() {
    this.#round += 1;
    this.#answers = []; // a hub that was started anew may run elsewhere
    this.#later(this.#round, 0);
  }

  /**
   * @param {number} round
   * @param {number} turn
   */
  #later(round, turn) {
    this.#platform.setTimeout(() => void this.#measure(round, turn), FIRST_PAUSES_MS[turn] ?? PAUSE_MS);
  }

  /**
   * @param {number} round
   * @param {number} turn
   */
  async #measure(round, turn) {
    if (round !== this.#round || !this.#session.isJoined) return;
    const sentMs = this.#platform.now();
    try {
      const { at } = await this.#session.call(FLEET_GET_SNAPSHOT, { after: BEHIND_ALL, limit: 1 });
      if (round === this.#round) this.#note(at, sentMs, this.#platform.now());
    } catch {
      // the feed watches over the session; the next call may go better
    }
    if (round === this.#round) this.#later(round, turn + 1);
  }

  /**
   * @param {number} at
   * @param {number} sentMs
   * @param {number} receivedMs
   */
  #note(at, sentMs, receivedMs) {
    this.#answers = withAnswer(this.#answers, answer(at, sentMs, receivedMs)).slice(-KEPT);
    this.#store.setClockOffset(bestOffset(this.#answers));
  }
}

/**
 * What one call says of the hub's clock: it was read somewhere between asking and answer.
 * @param {number} at the hub's answer, in seconds
 * @param {number} sentMs
 * @param {number} receivedMs
 * @returns {Answer}
 */
export function answer(at, sentMs, receivedMs) {
  return { roundTripMs: receivedMs - sentMs, offsetMs: at * MS_PER_S - (sentMs + receivedMs) / 2 };
}

/**
 * The newest answer, after those that it does not contradict by more than both can be wrong: the others are of before a clock was set.
 * @param {Answer[]} answers
 * @param {Answer} newest
 */
export function withAnswer(answers, newest) {
  const agrees = (/** @type {Answer} */ one) => Math.abs(one.offsetMs - newest.offsetMs) <= (one.roundTripMs + newest.roundTripMs) / 2;
  return [...answers.filter(agrees), newest];
}

/**
 * The hub read its clock after it was asked and before its answer was here, so each answer leaves a range. Where all of them meet, the
 * middle is least wrong; if they do not, a clock has drifted, and the quickest answer counts, of equals the newest.
 * @param {Answer[]} answers not empty
 */
export function bestOffset(answers) {
  const least = Math.max(...answers.map(({ offsetMs, roundTripMs }) => offsetMs - roundTripMs / 2));
  const most = Math.min(...answers.map(({ offsetMs, roundTripMs }) => offsetMs + roundTripMs / 2));
  if (least <= most) return (least + most) / 2;
  return answers.reduce((best, one) => (one.roundTripMs <= best.roundTripMs ? one : best)).offsetMs;
}
