/** @import { Formatter } from "./format.js" */
/** @import { State } from "./session.js" */
/** @import { Counts } from "./store.js" */

/** @typedef {{title: string, icon: "icon" | "icon-down" | "icon-offline"}} TabState */

/** The browser's tab: its title and icon tell when hosts are down or the page is offline, also while nobody looks at the page. */
export class Tab {
  #icon;
  #home;

  /** @param {Document} page */
  constructor(page) {
    this.#icon = page.querySelector("link[rel=icon]");
    this.#home = this.#icon?.getAttribute("href") ?? "";
  }

  /** @param {TabState} state */
  show({ title, icon }) {
    if (document.title !== title) document.title = title;
    const address = this.#home.replace(/icon\.svg$/, `${icon}.svg`);
    if (this.#icon?.getAttribute("href") !== address) this.#icon?.setAttribute("href", address);
  }
}

/**
 * `Vedette`, `(2 down) web-1 · Vedette`, `(offline) Vedette`
 * @param {Counts} counts
 * @param {State} state
 * @param {Formatter} format
 * @param {string} [host] name of the host that is open
 * @returns {TabState}
 */
export function tabState(counts, state, format, host) {
  const title = host ? `${host} · Vedette` : "Vedette";
  if (state.kind === "reconnecting" || state.kind === "logged out") return { title: `(offline) ${title}`, icon: "icon-offline" };
  return counts.down ? { title: `(${format.number(counts.down)} down) ${title}`, icon: "icon-down" } : { title, icon: "icon" };
}
