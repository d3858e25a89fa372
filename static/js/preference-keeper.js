import { csrfToken } from "./ticket.js";

/** @import { Platform } from "./platform.js" */
/** @import { Preferences } from "./preferences.js" */
/** @import { Signal } from "./signal.js" */

const PATH = "/preferences/";
/** So long after a change, with whatever else was changed until then. */
const PAUSE_MS = 1_000;
/** When the hub did not answer. */
const RETRY_MS = 30_000;
const OK = 200;
/** Somebody else has logged in since this page was opened. */
const ANOTHERS = 409;
const SERVER_ERROR = 500;

/**
 * What the hub made of it.
 * @typedef {object} Answer
 * @property {number} status of HTTP, or that of a hub that is away
 * @property {Record<string, string>} refused why it will not keep what, by name
 */

/** Tells the hub what this user prefers, soon after a change, and later if the hub is away. */
export class PreferenceKeeper {
  #preferences;
  #platform;
  /** @type {unknown} */
  #timer = null;
  #isSending = false;
  /** Somebody else is logged in: what is not told is told when its own user is back. */
  #isOver = false;

  /**
   * @param {Preferences} preferences
   * @param {Platform} platform
   * @param {Signal<void>} joined the page has a session, which is always that of its own user
   */
  constructor(preferences, platform, joined) {
    this.#preferences = preferences;
    this.#platform = platform;
    preferences.changed.listen(() => this.#sendIn(PAUSE_MS));
    platform.onWake(() => void this.#send());
    platform.onLeave(() => void this.#send());
    joined.listen(() => {
      this.#isOver = false;
      void this.#send();
    });
    this.#sendIn(PAUSE_MS); // what an earlier visit could not tell
  }

  /** @param {number} milliseconds */
  #sendIn(milliseconds) {
    this.#platform.clearTimeout(this.#timer);
    this.#timer = this.#platform.setTimeout(() => void this.#send(), milliseconds);
  }

  async #send() {
    const values = this.#preferences.untold;
    if (this.#isSending || this.#isOver || !Object.keys(values).length) return;
    this.#platform.clearTimeout(this.#timer);
    this.#isSending = true;
    const { status, refused } = await this.#post(JSON.stringify({ user: this.#preferences.user, values }));
    this.#isSending = false;
    for (const [name, why] of Object.entries(refused)) console.warn(`the hub does not keep the preference "${name}": ${why}`);
    if (status === OK) this.#preferences.told(values); // what was refused, too: it would be again
    if (status === OK) this.#sendIn(PAUSE_MS); // what was changed meanwhile
    else if (status >= SERVER_ERROR) this.#sendIn(RETRY_MS);
    else this.#isOver = status === ANOTHERS; // else somebody has to log in first: it waits for the next change, look or visit
  }

  /**
   * @param {string} body
   * @returns {Promise<Answer>}
   */
  async #post(body) {
    try {
      const response = await this.#platform.fetch(PATH, {
        method: "POST",
        headers: { "X-CSRFToken": csrfToken(this.#platform.cookies()), "Content-Type": "application/json" },
        body,
        credentials: "same-origin",
        keepalive: true, // also of a page that is being closed
        redirect: "error",
      });
      return { status: response.status, refused: response.status === OK ? ((await response.json())?.refused ?? {}) : {} };
    } catch {
      return { status: SERVER_ERROR, refused: {} };
    }
  }
}
