import { BackOff } from "./back-off.js";
import { TimedOut } from "./platform.js";
import { FLEET_GET_SNAPSHOT, FLEET_ON_UPDATE } from "./protocol.js";
import { Signal } from "./signal.js";

/** @import { Platform } from "./platform.js" */
/** @import { Session } from "./session.js" */
/** @import { FleetStore } from "./store.js" */

const PAGE_LIMIT = 100;
/** After this silence the hub is asked whether it is still there: a dead network does not close a socket. In all below ten seconds. */
const SILENCE_MS = 4_000;
const ANSWER_LIMIT_MS = 4_000;
/** A shorter reading, after a shorter interruption, is not worth a word. */
const GRACE_MS = 800;

/** Keeps the store equal to the hub: subscribes first, then reads all pages; again after a gap and with each new session. */
export class Feed {
  /** Whether the store is equal to the hub. @type {Signal<void>} */
  changed = new Signal();

  #session;
  #store;
  #platform;
  #backOff;
  /** Counts sessions: what belongs to an earlier one ends quietly. */
  #round = 0;
  #reading = false;
  #missed = false;
  /** @type {unknown} */
  #silenceTimer = null;
  /** @type {unknown} */
  #graceTimer = null;
  #isLive = false;

  /**
   * @param {Session} session
   * @param {FleetStore} store
   * @param {Platform} platform
   */
  constructor(session, store, platform) {
    this.#session = session;
    this.#store = store;
    this.#platform = platform;
    this.#backOff = new BackOff(platform.random);
  }

  /** Not while the fleet is read for the first time in a session, and not while it refuses to be read. */
  get isLive() {
    return this.#isLive;
  }

  start() {
    this.#session.stateChanged.listen(({ kind }) => kind === "live" || this.#setLive(false));
    this.#session.joined.listen(() => void this.#begin());
    this.#platform.onWake(() => void this.#check());
    this.#session.start();
  }

  async #begin() {
    const round = ++this.#round;
    this.#reading = false;
    this.#store.forgetTick();
    this.#graceTimer ??= this.#platform.setTimeout(() => this.#setLive(false), GRACE_MS);
    this.#heard();
    await this.#retrying(round, () => this.#session.subscribe(FLEET_ON_UPDATE, (update) => this.#onUpdate(round, update)));
    this.#missed = true; // if a check has begun to read, what it read by now may have changed unnoticed
    await this.#read(round);
  }

  /**
   * @param {number} round
   * @param {import("./protocol.js").Update} update
   */
  #onUpdate(round, update) {
    if (!this.#isCurrent(round)) return;
    this.#heard();
    if (this.#store.applyUpdate(update, this.#platform.now())) return;
    this.#missed = true;
    void this.#read(round);
  }

  /** @param {number} round */
  async #read(round) {
    if (this.#reading || !this.#isCurrent(round)) return;
    this.#reading = true;
    do {
      this.#missed = false;
      await this.#retrying(round, () => this.#readPages(round));
    } while (this.#missed && this.#isCurrent(round));
    if (!this.#isCurrent(round)) return;
    this.#reading = false;
    this.#setLive(true);
  }

  /** @param {number} round */
  async #readPages(round) {
    this.#store.beginPages();
    /** @type {string | null} */
    let after = "";
    while (after !== null) {
      const page = await this.#session.call(FLEET_GET_SNAPSHOT, { after, limit: PAGE_LIMIT });
      if (!this.#isCurrent(round)) return;
      this.#heard();
      this.#store.applyPage(page, this.#platform.now());
      after = page.next;
    }
  }

  /**
   * Until it succeeds or the session ends: while the hub starts, the router is there before its services.
   * @param {number} round
   * @param {() => Promise<void>} step
   */
  async #retrying(round, step) {
    while (this.#isCurrent(round)) {
      try {
        await step();
        this.#backOff.reset();
        return;
      } catch (error) {
        if (error instanceof TimedOut) return this.#session.drop(); // its answer may still come, to nobody
        if (!this.#isCurrent(round)) return; // the session has ended, and with it what was asked
        console.warn("the fleet could not be read, trying again:", error);
        const delay = this.#backOff.next();
        await new Promise((resolve) => this.#platform.setTimeout(() => resolve(undefined), delay));
      }
    }
  }

  /** @param {number} round */
  #isCurrent(round) {
    return round === this.#round && this.#session.isJoined;
  }

  #heard() {
    this.#platform.clearTimeout(this.#silenceTimer);
    this.#silenceTimer = this.#platform.setTimeout(() => void this.#check(), SILENCE_MS);
  }

  async #check() {
    if (!this.#session.isJoined) return;
    const round = this.#round;
    try {
      await this.#session.call(FLEET_GET_SNAPSHOT, { after: "", limit: 1 }, ANSWER_LIMIT_MS);
      if (!this.#isLive) void this.#read(round);
    } catch (error) {
      if (error instanceof TimedOut && this.#isCurrent(round)) return this.#session.drop();
      if (this.#isCurrent(round)) this.#setLive(false);
    }
    this.#heard();
  }

  /** @param {boolean} isLive */
  #setLive(isLive) {
    this.#platform.clearTimeout(this.#graceTimer);
    this.#graceTimer = null;
    if (isLive === this.#isLive) return;
    this.#isLive = isLive;
    this.changed.emit();
  }
}
