import { STATUS_WORDS } from "./describe.js";
import { element, setText } from "./dom.js";
import { StatusIcon } from "./status-icon.js";

/** @import { Counts } from "./store.js" */
/** @import { State } from "./session.js" */

const STATUSES = /** @type {const} */ (["up", "down", "disabled", "unapproved"]);

/** How many hosts are in which status. */
export class CountsView {
  #place;
  /** @type {Map<import("./protocol.js").Status, {item: HTMLElement, text: HTMLElement}>} */
  #items = new Map();

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
    for (const status of STATUSES) {
      const icon = new StatusIcon();
      icon.show(status);
      const text = element("span");
      const item = element("span", "count", icon.element, text);
      item.dataset.status = status;
      this.#items.set(status, { item, text });
    }
    place.replaceChildren(...[...this.#items.values()].map(({ item }) => item));
  }

  /**
   * @param {Counts} counts
   * @param {boolean} complete the whole fleet was counted
   */
  show(counts, complete) {
    this.#place.hidden = !complete;
    for (const [status, { item, text }] of this.#items) {
      setText(text, `${counts[status]} ${status === "unapproved" && counts[status] > 1 ? "wait for approval" : STATUS_WORDS[status]}`);
      item.toggleAttribute("data-none", !counts[status]);
      item.hidden = !counts[status] && status !== "up" && status !== "down";
    }
    const title = counts.down ? `(${counts.down} down) Vedette` : "Vedette";
    if (document.title !== title) document.title = title;
  }
}

/** Whether what the page shows is live, in words. */
export class ConnectionView {
  #place;
  #format;
  #text = element("span");
  /** Beside the announced text: a screen reader need not hear every second. */
  #countdown = element("span");
  #link = element("a", "", "Log in again");

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
   * @param {number} nowMs
   */
  show(state, nowMs) {
    this.#place.dataset.state = state.kind.replace(" ", "-");
    const waiting = state.kind === "reconnecting" && state.retryAt !== null ? (state.retryAt - nowMs) / 1000 : 0;
    setText(this.#text, WORDS[state.kind]);
    setText(this.#countdown, waiting >= 1 ? ` in ${this.#format.duration(waiting)}` : "");
    this.#link.hidden = state.kind !== "logged out";
    this.#link.href = loginUrl(location);
  }
}

const WORDS = { connecting: "Connecting…", live: "Live", reconnecting: "Offline, reconnecting", "logged out": "Logged out." };

/**
 * The login page, which leads back here.
 * @param {{pathname: string, search: string, hash: string}} place
 */
export function loginUrl({ pathname, search, hash }) {
  return `/login/?next=${encodeURIComponent(pathname + search + hash)}`;
}
