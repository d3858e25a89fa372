import { STATUS_CHOICES } from "./choice.js";
import { button, element } from "./dom.js";

/** @import { StatusChoice } from "./choice.js" */
/** @import { Choices } from "./choices.js" */

/** @type {Record<StatusChoice, string>} */
const LABELS = { all: "All", up: "Up", down: "Down", disabled: "Disabled" };

/** Which hosts to show: buttons and a search field. */
export class FiltersView {
  #choices;
  /** @type {Map<StatusChoice, HTMLButtonElement>} */
  #buttons = new Map();
  #search = element("input", "search");

  /**
   * @param {HTMLElement} place
   * @param {Choices} choices
   */
  constructor(place, choices) {
    this.#choices = choices;
    const group = element("div", "filter-buttons button-group", ...STATUS_CHOICES.map((status) => this.#button(status)));
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "hosts to show");
    this.#search.type = "search";
    this.#search.placeholder = "Search ( / )";
    this.#search.setAttribute("aria-label", "search by name, address or tag");
    this.#search.setAttribute("aria-keyshortcuts", "/");
    this.#search.addEventListener("input", () => choices.choose({ search: this.#search.value }));
    place.replaceChildren(group, this.#search);
    addEventListener("keydown", (event) => this.#onKey(event));
    choices.changed.listen(() => this.#show());
    this.#show();
  }

  /** @param {StatusChoice} status */
  #button(status) {
    const made = button("group-button", LABELS[status], () => this.#choices.choose({ status }));
    if (status === "all") made.title = "all but disabled hosts";
    this.#buttons.set(status, made);
    return made;
  }

  #show() {
    const { status, search } = this.#choices.current;
    for (const [known, button] of this.#buttons) button.setAttribute("aria-pressed", String(known === status));
    if (this.#search.value !== search) this.#search.value = search;
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
