import { SearchField } from "./search-field.js";
import { SortControl } from "./sort-control.js";
import { TagFilter } from "./tag-filter.js";

/** @import { Choices } from "./choices.js" */
/** @import { Formatter } from "./format.js" */

/** Which hosts to show, and in which order. */
export class FiltersView {
  #search;
  #tags;

  /**
   * @param {HTMLElement} place
   * @param {Choices} choices
   * @param {Formatter} format
   */
  constructor(place, choices, format) {
    this.#search = new SearchField(choices);
    this.#tags = new TagFilter(choices, format);
    place.replaceChildren(this.#search.element, this.#tags.element, new SortControl(choices).element);
  }

  /** @param {Map<string, number>} tags how many hosts have each */
  show(tags) {
    this.#tags.show(tags);
  }

  /** Somebody wants to search. */
  focus() {
    this.#search.focus();
  }
}
