import { element, setText } from "./dom.js";

/** @import { Formatter } from "./format.js" */
/** @import { Group } from "./selection.js" */

/** What a group is called: its tag, or that its hosts have none, in a way that no tag looks or sounds. */
export class GroupLabel {
  element = element("span", "group-label");

  #format;
  #tag = element("span", "visually-hidden");
  #text = element("bdi");
  #count = element("span", "group-count");

  /** @param {Formatter} format */
  constructor(format) {
    this.#format = format;
    this.element.append(this.#tag, this.#text, " ", this.#count);
  }

  /** @param {Group} group */
  show({ label, tag, entries }) {
    this.element.toggleAttribute("data-untagged", tag === null);
    setText(this.#tag, tag === null ? "" : "tag ");
    setText(this.#text, label);
    setText(this.#count, this.#format.number(entries.length));
  }
}

/**
 * The same for those who do not see it.
 * @param {Group} group
 */
export function groupName({ label, tag }) {
  return tag === null ? label || "hosts" : `tag ${label}`;
}
