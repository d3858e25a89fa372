import { SearchField } from "./search-field.js";
import { SortControl } from "./sort-control.js";
import { TagFilter } from "./tag-filter.js";

/** @import { Choices } from "./choices.js" */
/** @import { Formatter } from "./format.js" */

/** Which hosts to show, and in which order. */
export class FiltersView {
  #search;
  #tags;
  #sort;

  /**
   * @param {HTMLElement} place
   * @param {Choices} choices
   * @param {Formatter} format
   */
  constructor(place, choices, format) {
    this.#search = new SearchField(choices);
    this.#tags = new TagFilter(choices, format);
    this.#sort = new SortControl(choices);
    place.replaceChildren(this.#search.element, this.#tags.element, this.#sort.element);
  }

  /**
   * @param {Map<string, number>} tags how many hosts have each
   * @param {boolean} isOrdered whether the order and groups are to be seen; they stay chosen
   */
  show(tags, isOrdered) {
    this.#tags.show(tags, isOrdered);
    this.#sort.element.hidden = !isOrdered;
  }

  /** Somebody wants to search. */
  focus() {
    this.#search.focus();
  }
}
