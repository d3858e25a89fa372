import { element } from "./dom.js";
import { FILTERS, choiceFromHash, hashFromChoice } from "./selection.js";
import { Signal } from "./signal.js";

/** @import { Choice, Filter } from "./selection.js" */

/** Which hosts to show: buttons and a search field. The address of the page keeps the choice. */
export class FiltersView {
  /** @type {Signal<void>} */
  changed = new Signal();

  /** @type {Choice} */
  #choice = choiceFromHash(location.hash);
  /** @type {Map<Filter, HTMLButtonElement>} */
  #buttons = new Map();
  #search = element("input", "search");

  /** @param {HTMLElement} place */
  constructor(place) {
    const group = element("div", "filter-buttons", ...FILTERS.map(({ filter, label }) => this.#button(filter, label)));
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "hosts to show");
    this.#search.type = "search";
    this.#search.placeholder = "Search ( / )";
    this.#search.setAttribute("aria-label", "search by name, address or tag");
    this.#search.setAttribute("aria-keyshortcuts", "/");
    this.#search.addEventListener("input", () => this.#choose({ ...this.#choice, search: this.#search.value }));
    place.replaceChildren(group, this.#search);
    addEventListener("hashchange", () => this.#onHash());
    addEventListener("keydown", (event) => this.#onKey(event));
    this.#show();
  }

  get choice() {
    return this.#choice;
  }

  /**
   * @param {Filter} filter
   * @param {string} label
   */
  #button(filter, label) {
    const button = element("button", "filter-button", label);
    button.type = "button";
    button.addEventListener("click", () => this.#choose({ ...this.#choice, filter }));
    if (filter === "all") button.title = "all but disabled hosts";
    this.#buttons.set(filter, button);
    return button;
  }

  /** @param {Choice} choice */
  #choose(choice) {
    this.#choice = choice;
    history.replaceState(null, "", hashFromChoice(choice) || location.pathname + location.search);
    this.#show();
    this.changed.emit();
  }

  #onHash() {
    this.#choice = choiceFromHash(location.hash);
    this.#show();
    this.changed.emit();
  }

  #show() {
    for (const [filter, button] of this.#buttons) button.setAttribute("aria-pressed", String(filter === this.#choice.filter));
    if (this.#search.value !== this.#choice.search) this.#search.value = this.#choice.search;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#search.focus();
    this.#search.select();
  }
}
