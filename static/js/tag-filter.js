import { button, element } from "./dom.js";

/** @import { Choices } from "./choices.js" */

/** Hosts of one tag, or all in groups by tag. Not there in a fleet without tags. */
export class TagFilter {
  element = element("div", "tag-filter");

  #choices;
  #select = element("select", "select");
  #group;
  #shown = "";

  /** @param {Choices} choices */
  constructor(choices) {
    this.#choices = choices;
    this.#select.setAttribute("aria-label", "tag");
    this.#select.addEventListener("change", () => choices.choose({ tag: this.#select.value }));
    this.#group = button("toggle-button", "By tag", () => choices.choose({ group: choices.current.group ? "" : "tag" }));
    this.#group.title = "Group by tag ( g )";
    this.element.append(this.#select, this.#group);
    this.element.hidden = true;
  }

  /** @param {Map<string, number>} tags how many hosts have each */
  show(tags) {
    const { tag, group } = this.#choices.current;
    this.element.hidden = !tags.size && !tag && !group;
    this.#group.setAttribute("aria-pressed", String(group === "tag"));
    const options = /** @type {[string, string][]} */ ([...tags].map(([name, count]) => [name, `${name} (${count})`]));
    if (tag && !tags.has(tag)) options.push([tag, `${tag} (0)`]);
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
