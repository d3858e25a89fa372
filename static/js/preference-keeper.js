import { csrfToken } from "./ticket.js";

/** @import { Platform } from "./platform.js" */
/** @import { Preferences } from "./preferences.js" */

const PATH = "/preferences/";
/** So long after a change, with whatever else was changed until then. */
const PAUSE_MS = 1_000;
/** When the hub did not answer. */
const RETRY_MS = 30_000;
/** What the hub says of something that it will never keep. */
const REFUSED = 400;
const SERVER_ERROR = 500;

/** Tells the hub what this user prefers, soon after a change, and later if the hub is away. */
export class PreferenceKeeper {
  #preferences;
  #platform;
  /** @type {unknown} */
  #timer = null;
  #isSending = false;

  /**
   * @param {Preferences} preferences
   * @param {Platform} platform
   */
  constructor(preferences, platform) {
    this.#preferences = preferences;
    this.#platform = platform;
    preferences.changed.listen(() => this.#sendIn(PAUSE_MS));
    platform.onWake(() => void this.#send());
    platform.onLeave(() => void this.#send());
    this.#sendIn(PAUSE_MS); // what an earlier visit could not tell
  }

  /** @param {number} milliseconds */
  #sendIn(milliseconds) {
    this.#platform.clearTimeout(this.#timer);
    this.#timer = this.#platform.setTimeout(() => void this.#send(), milliseconds);
  }

  async #send() {
    const values = this.#preferences.untold;
    if (this.#isSending || !Object.keys(values).length) return;
    this.#platform.clearTimeout(this.#timer);
    this.#isSending = true;
    const status = await this.#post(JSON.stringify(values));
    this.#isSending = false;
    if (status <= REFUSED) this.#preferences.told(values);
    if (status <= REFUSED) this.#sendIn(PAUSE_MS); // what was changed meanwhile
    else if (status >= SERVER_ERROR) this.#sendIn(RETRY_MS); // else somebody has to log in first
  }

  /**
   * @param {string} body
   * @returns {Promise<number>} the status, or that of a hub that is away
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
      return response.status;
    } catch {
      return SERVER_ERROR;
    }
  }
}
