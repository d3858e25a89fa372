import { button, element, setAttribute, setText } from "./dom.js";
import { FIELDS, fieldNamed } from "./fields.js";

/** @import { Choices } from "./choices.js" */

/** What the hosts are sorted by when nothing was chosen. */
export const USUAL_SORT = "name";

/** The order of the hosts, in every view that has one. */
export class SortControl {
  element = element("div", "sort-control");

  #choices;
  #select = element("select", "select");
  #direction;

  /** @param {Choices} choices */
  constructor(choices) {
    this.#choices = choices;
    this.#select.setAttribute("aria-label", "sort by");
    for (const { name, label } of FIELDS) {
      const option = element("option", "", label);
      option.value = name;
      this.#select.append(option);
    }
    this.#select.addEventListener("change", () => choices.choose(sortedBy(this.#select.value)));
    this.#direction = button("toggle-button", "", () => choices.choose({ sort: this.#select.value, descending: !choices.current.descending }));
    this.element.append(this.#select, this.#direction);
    choices.changed.listen(() => this.#show());
    this.#show();
  }

  #show() {
    const { sort, descending } = this.#choices.current;
    this.#select.value = fieldNamed(sort)?.name ?? USUAL_SORT;
    setText(this.#direction, descending ? "↓" : "↑");
    setAttribute(this.#direction, "aria-label", descending ? "descending order" : "ascending order");
    setAttribute(this.#direction, "title", descending ? "largest or last first" : "smallest or first first");
  }
}

/**
 * Numbers begin with the largest, for that is what one looks for; texts with A.
 * @param {string} name of a field
 */
export function sortedBy(name) {
  const unit = fieldNamed(name)?.unit ?? "text";
  return name === USUAL_SORT ? { sort: "", descending: false } : { sort: name, descending: unit !== "text" };
}
