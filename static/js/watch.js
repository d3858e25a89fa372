import { HOST_ON_SAMPLE, HOST_WATCH } from "./protocol.js";
import { Refused } from "./session.js";
import { Signal } from "./signal.js";

/** @import { HostSample } from "./protocol.js" */
/** @import { Platform } from "./platform.js" */
/** @import { Session } from "./session.js" */

/** @typedef {{kind: "off"} | {kind: "asking"} | {kind: "granted", interval: number} | {kind: "refused", text: string}} WatchState interval in seconds */

/** A page that is hidden for a moment keeps its lease. */
const HIDDEN_MS = 5_000;
/** After a refusal, or without an answer, it is asked again. */
const RETRY_MS = 15_000;
const RENEWALS_PER_LEASE = 3;

/** The lease on the host that is open: it is sampled faster for as long as somebody looks at it, and not a moment longer. */
export class Watch {
  /** @type {Signal<WatchState>} */
  changed = new Signal();
  /** @type {Signal<HostSample>} */
  sampled = new Signal();

  #session;
  #platform;
  #host = "";
  /** Seconds between samples. */
  #interval = 0;
  #hidden = false;
  /** @type {WatchState} */
  #state = { kind: "off" };
  /** What an earlier wish still brings is ignored. */
  #round = 0;
  /** Whether this session has a lease that is to be ended. */
  #held = "";
  /** @type {unknown} */
  #renewTimer = null;
  /** @type {unknown} */
  #hiddenTimer = null;

  /**
   * @param {Session} session
   * @param {Platform} platform
   */
  constructor(session, platform) {
    this.#session = session;
    this.#platform = platform;
    session.joined.listen(() => void this.#onJoined());
    if (session.isJoined) void this.#onJoined();
  }

  get state() {
    return this.#state;
  }

  /**
   * @param {string} host
   * @param {number} interval in seconds
   */
  start(host, interval) {
    if (this.#host !== host) this.#end();
    this.#host = host;
    this.#interval = interval;
    if (this.#isWanted) void this.#ask();
  }

  stop() {
    this.#host = "";
    this.#end();
  }

  /**
   * @param {boolean} hidden whether nobody can see the page
   * @param {boolean} [forGood] it may never be shown again
   */
  setHidden(hidden, forGood = false) {
    this.#platform.clearTimeout(this.#hiddenTimer);
    const back = this.#hidden && !hidden;
    if (!hidden) this.#hidden = false;
    else if (forGood) this.#hide();
    else this.#hiddenTimer = this.#platform.setTimeout(() => this.#hide(), HIDDEN_MS);
    if (back && this.#isWanted) void this.#ask();
  }

  get #isWanted() {
    return this.#host !== "" && !this.#hidden;
  }

  #hide() {
    this.#hidden = true;
    this.#end();
  }

  async #onJoined() {
    this.#held = ""; // the lease of the session before ended with it
    try {
      await this.#session.subscribe(HOST_ON_SAMPLE, (event) => this.#onSample(event));
    } catch (error) {
      if (this.#session.isJoined) console.warn("samples of a watched host do not come:", error);
    }
    if (this.#isWanted) void this.#ask();
  }

  /** @param {{host: string, sample: HostSample}} event */
  #onSample({ host, sample }) {
    if (host === this.#host) this.sampled.emit(sample);
  }

  async #ask() {
    const round = ++this.#round;
    this.#platform.clearTimeout(this.#renewTimer);
    if (this.#state.kind === "off") this.#setState({ kind: "asking" }); // what was said stays said until there is another answer
    this.#held = this.#host;
    const { state, after } = await this.#answer();
    if (round !== this.#round) return;
    this.#setState(state);
    this.#renewTimer = this.#platform.setTimeout(() => void this.#ask(), after);
  }

  /** @returns {Promise<{state: WatchState, after: number}>} and in how many milliseconds to ask again */
  async #answer() {
    try {
      const { interval, seconds } = await this.#session.call(HOST_WATCH, { host: this.#host, interval: this.#interval });
      return { state: { kind: "granted", interval }, after: (seconds / RENEWALS_PER_LEASE) * 1000 };
    } catch (error) {
      // without an answer there is nothing to say but that it is not granted: the head of the page tells of a lost connection
      return { state: error instanceof Refused ? { kind: "refused", text: error.message } : { kind: "asking" }, after: RETRY_MS };
    }
  }

  #end() {
    const host = this.#held;
    this.#round += 1;
    this.#held = "";
    this.#platform.clearTimeout(this.#renewTimer);
    this.#setState({ kind: "off" });
    if (!host || !this.#session.isJoined) return;
    this.#session.call(HOST_WATCH, { host, interval: null }).catch(() => {}); // it runs out by itself
  }

  /** @param {WatchState} state */
  #setState(state) {
    this.#state = state;
    this.changed.emit(state);
  }
}
