import { Wampy } from "../vendor/wampy/wampy.js";
import { BackOff } from "./back-off.js";
import { within } from "./platform.js";
import { Signal } from "./signal.js";
import { LoggedOut, SomebodyElse, fetchTicket, userOf } from "./ticket.js";

/** @import { Platform } from "./platform.js" */
/** @import { Ticket } from "./ticket.js" */

/** The hub refused a call. Its reason is the message, its name, as in `unknown_host`, the kind. */
export class Refused extends Error {
  /**
   * @param {string} message
   * @param {string} [kind]
   */
  constructor(message, kind = "") {
    super(message);
    this.kind = kind;
  }
}

const CONNECT_LIMIT_MS = 10_000;
const CALL_LIMIT_MS = 10_000;
/** A session that lasted this long starts the back-off from the beginning. */
const STABLE_MS = 10_000;
/** A shorter interruption is not worth a word. */
const GRACE_MS = 800;
/** A log-in lasts for two weeks after it was last used: by this too, or it would end on a page that stays connected. */
const USE_LOGIN_MS = 12 * 3_600_000;

/**
 * @typedef {{kind: "connecting"} | {kind: "live"} | {kind: "logged out", isOther: boolean} | {kind: "reconnecting", retryAt: number | null}} State
 * `isOther`: somebody else is logged in now. `retryAt` is in milliseconds since the epoch, null during the attempt.
 */

/** The WAMP session of this page, kept alive: the only one who knows wampy. Whoever uses it starts anew at each `joined`. */
export class Session {
  /** A new session is there. @type {Signal<void>} */
  joined = new Signal();
  /** @type {Signal<State>} */
  stateChanged = new Signal();

  #platform;
  #user;
  #backOff;
  /** @type {State} */
  #state = { kind: "connecting" };
  /** @type {Wampy | null} */
  #wampy = null;
  /** Counts attempts: whatever an earlier one still brings is ignored. */
  #attempt = 0;
  /** @type {unknown} */
  #retryTimer = null;
  /** Milliseconds since the epoch. @type {number | null} */
  #retryAt = null;
  /** @type {unknown} */
  #graceTimer = null;
  /** @type {unknown} */
  #stableTimer = null;

  /**
   * @param {Platform} platform
   * @param {string} [user] id of the one whose page it is, who alone may be logged in; anybody without
   */
  constructor(platform, user = "") {
    this.#platform = platform;
    this.#user = user;
    this.#backOff = new BackOff(platform.random);
  }

  get state() {
    return this.#state;
  }

  /** Whether calls can be made now. For a grace time the state still says "live" when they cannot. */
  get isJoined() {
    return this.#wampy !== null;
  }

  start() {
    this.#platform.onWake(() => this.#wake());
    this.#useLogin();
    void this.#connect();
  }

  /**
   * The result's first value. Refused; TimedOut after the time limit; another Error without a session.
   * @param {string} procedure
   * @param {Record<string, unknown>} keywords
   * @param {number} limit in milliseconds
   * @returns {Promise<any>}
   */
  async call(procedure, keywords, limit = CALL_LIMIT_MS) {
    const called = this.#joinedWampy().call(procedure, keywords).catch(throwRefused);
    const result = await within(this.#platform, called, limit, procedure);
    return result.argsList?.[0];
  }

  /**
   * @param {string} topic
   * @param {(payload: any) => void} listener gets the event's first value, until the session ends
   */
  async subscribe(topic, listener) {
    const subscription = this.#joinedWampy().subscribe(topic, (event) => listener(event.argsList?.[0]));
    await within(this.#platform, subscription, CALL_LIMIT_MS, topic);
  }

  /** Give this session up, because it does not answer, and get another. */
  drop() {
    if (!this.#wampy) return;
    this.#wampy.abort();
    this.#lost();
  }

  #useLogin() {
    this.#platform.setTimeout(() => {
      this.#useLogin();
      if (this.isJoined) void fetchTicket(this.#platform).catch(() => {}); // whether one is still logged in, the session itself tells
    }, USE_LOGIN_MS);
  }

  #joinedWampy() {
    if (!this.#wampy) throw new Error("this page has no connection to the hub");
    return this.#wampy;
  }

  async #connect() {
    const attempt = ++this.#attempt;
    this.#platform.clearTimeout(this.#retryTimer);
    this.#retryTimer = this.#retryAt = null;
    if (this.#state.kind === "reconnecting") this.#showLoss();
    if (this.#state.kind === "logged out") this.#setState({ kind: "connecting" });
    try {
      const ticket = await within(this.#platform, fetchTicket(this.#platform), CONNECT_LIMIT_MS, "the hub");
      if (this.#user && userOf(ticket) !== this.#user) throw new SomebodyElse("another user is logged in");
      await this.#join(ticket, attempt);
    } catch (error) {
      if (attempt === this.#attempt) this.#failed(error);
    }
  }

  /**
   * @param {Ticket} ticket
   * @param {number} attempt
   */
  async #join(ticket, attempt) {
    let closed = false;
    /** @type {(error: Error) => void} */
    let refuse = () => {};
    // wampy's own promise stays open when the socket closes before WELCOME
    const ended = new Promise((_, reject) => (refuse = reject));
    const wampy = new Wampy(this.#platform.socketOrigin + ticket.path, {
      ws: this.#platform.WebSocket,
      autoReconnect: false,
      realm: ticket.realm,
      authid: ticket.authid,
      authmethods: [ticket.authmethod],
      onChallenge: () => ticket.ticket,
      onClose: () => {
        closed = true;
        refuse(new Error("the connection was closed"));
        if (attempt === this.#attempt) this.#lost();
      },
    });
    try {
      await within(this.#platform, Promise.race([wampy.connect(), ended]), CONNECT_LIMIT_MS, "the router");
    } catch (error) {
      if (!closed) wampy.abort();
      throw error;
    }
    this.#wampy = wampy;
    this.#stableTimer = this.#platform.setTimeout(() => this.#backOff.reset(), STABLE_MS);
    this.#platform.clearTimeout(this.#graceTimer);
    this.#graceTimer = null;
    this.#setState({ kind: "live" });
    this.joined.emit();
  }

  /** @param {unknown} error */
  #failed(error) {
    if (!(error instanceof LoggedOut)) return this.#lost();
    this.#attempt += 1;
    this.#platform.clearTimeout(this.#graceTimer);
    this.#graceTimer = null;
    this.#setState({ kind: "logged out", isOther: error instanceof SomebodyElse });
  }

  #lost() {
    this.#attempt += 1;
    this.#wampy = null;
    this.#platform.clearTimeout(this.#stableTimer);
    const delay = this.#backOff.next();
    this.#retryAt = this.#platform.now() + delay;
    this.#retryTimer = this.#platform.setTimeout(() => this.#connect(), delay);
    if (this.#state.kind === "reconnecting") this.#showLoss();
    else this.#graceTimer ??= this.#platform.setTimeout(() => this.#showLoss(), GRACE_MS);
  }

  #showLoss() {
    this.#graceTimer = null;
    this.#setState({ kind: "reconnecting", retryAt: this.#retryAt });
  }

  #wake() {
    if (this.#retryTimer !== null || this.#state.kind === "logged out") void this.#connect();
  }

  /** @param {State} state */
  #setState(state) {
    this.#state = state;
    this.stateChanged.emit(state);
  }
}

/**
 * @param {any} error wampy's, which has the same message for all
 * @returns {never}
 */
function throwRefused(error) {
  const uri = String(error.errorUri ?? "");
  throw uri ? new Refused(String(error.argsList?.[0] ?? uri), uri.slice(uri.lastIndexOf(".") + 1)) : error;
}
