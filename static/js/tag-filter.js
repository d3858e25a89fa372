import { button, element } from "./dom.js";

/** @import { Choices } from "./choices.js" */
/** @import { Formatter } from "./format.js" */

/** Hosts of one tag, or all in groups by tag. Not there in a fleet without tags. */
export class TagFilter {
  element = element("div", "tag-filter");

  #choices;
  #format;
  #select = element("select", "select");
  #group;
  #shown = "";

  /**
   * @param {Choices} choices
   * @param {Formatter} format
   */
  constructor(choices, format) {
    this.#choices = choices;
    this.#format = format;
    this.#select.setAttribute("aria-label", "tag");
    this.#select.addEventListener("change", () => choices.choose({ tag: this.#select.value }));
    this.#group = button("toggle-button", "By tag", () => choices.choose({ group: choices.current.group ? "" : "tag" }));
    this.#group.title = "Group by tag ( g )";
    this.element.append(this.#select, this.#group);
    this.element.hidden = true;
  }

  /**
   * @param {Map<string, number>} tags how many hosts have each
   * @param {boolean} isGrouped whether groups are to be seen; they stay chosen
   */
  show(tags, isGrouped) {
    const { tag, group } = this.#choices.current;
    this.element.hidden = !tags.size && !tag && !(group && isGrouped);
    this.#group.hidden = !isGrouped;
    this.#group.setAttribute("aria-pressed", String(group === "tag"));
    const counts = tag && !tags.has(tag) ? [...tags, /** @type {[string, number]} */ ([tag, 0])] : [...tags];
    const options = counts.map(([name, count]) => /** @type {[string, string]} */ ([name, `${name} (${this.#format.number(count)})`]));
    const shown = JSON.stringify(options);
    if (shown !== this.#shown) this.#select.replaceChildren(option("", "All tags"), ...options.map(([name, text]) => option(name, text)));
    this.#shown = shown;
    if (this.#select.value !== tag) this.#select.value = tag;
  }
}

/**
 * @param {string} value
 * @param {string} text
 */
function option(value, text) {
  const made = element("option", "", text);
  made.value = value;
  return made;
}
