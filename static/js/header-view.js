import { element, setText } from "./dom.js";

/** @import { State } from "./session.js" */

/** Whether what the page shows is live, in words. */
export class ConnectionView {
  #place;
  #format;
  #text = element("span");
  /** Beside the announced text: a screen reader need not hear every second. */
  #countdown = element("span");
  #link = element("a");

  /**
   * @param {HTMLElement} place
   * @param {import("./format.js").Formatter} format
   */
  constructor(place, format) {
    this.#place = place;
    this.#format = format;
    this.#countdown.setAttribute("aria-hidden", "true");
    place.replaceChildren(this.#text, this.#countdown, this.#link);
  }

  /**
   * @param {State} state
   * @param {boolean} isLive what the page shows is what the hub knows
   * @param {number} nowMs
   */
  show(state, isLive, nowMs) {
    const kind = state.kind === "live" && !isLive ? "reading" : state.kind;
    this.#place.dataset.state = kind.replace(" ", "-");
    const waiting = state.kind === "reconnecting" && state.retryAt !== null ? (state.retryAt - nowMs) / 1000 : 0;
    const isOther = state.kind === "logged out" && state.isOther;
    setText(this.#text, isOther ? "Somebody else is logged in here now." : WORDS[kind]);
    setText(this.#countdown, waiting >= 1 ? ` in ${this.#format.duration(waiting)}` : "");
    this.#link.hidden = state.kind !== "logged out";
    setText(this.#link, isOther ? "Load the page again" : "Log in again");
    this.#link.href = loginUrl(location);
  }
}

const WORDS = {
  connecting: "Connecting…",
  reading: "Reading the fleet…",
  live: "Live",
  reconnecting: "Offline, reconnecting",
  "logged out": "Logged out.",
};

/**
 * The login page, which leads back here, and at once whom it knows.
 * @param {{pathname: string, search: string, hash: string}} place
 */
export function loginUrl({ pathname, search, hash }) {
  return `/login/?next=${encodeURIComponent(pathname + search + hash)}`;
}
