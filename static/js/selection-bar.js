import { button, element, setText } from "./dom.js";

/** @import { Marked } from "./marked.js" */
/** @import { Part } from "./settings-dialog.js" */

/**
 * What the bar can have done.
 * @typedef {object} SelectionActions
 * @property {(ids: string[], part: Part) => void} edit
 * @property {(ids: string[], disabled: boolean) => Promise<string>} setDisabled what went wrong, in words
 */

/** What can be done with the hosts that are marked. There while some are. */
export class SelectionBar {
  element = element("section", "selection-bar");

  #marked;
  #actions;
  #text = element("p", "selection-text");
  #problem = element("p", "dialog-problem");
  #all = button("quiet-button", "", () => this.#marked.mark(this.#marked.shown));

  /**
   * @param {Marked} marked
   * @param {SelectionActions} actions
   */
  constructor(marked, actions) {
    this.#marked = marked;
    this.#actions = actions;
    this.element.setAttribute("aria-label", "marked hosts");
    this.#text.setAttribute("role", "status");
    this.#problem.setAttribute("role", "alert");
    this.element.append(
      this.#text,
      this.#all,
      button("button", "Settings…", () => this.#edit("settings")),
      button("button plain", "Tags…", () => this.#edit("tags")),
      button("button plain", "Disable", () => void this.#setDisabled(true)),
      button("button plain", "Enable", () => void this.#setDisabled(false)),
      button("quiet-button", "Clear", () => marked.clear()),
      this.#problem,
    );
    marked.changed.listen(() => setText(this.#problem, ""));
    this.draw();
  }

  draw() {
    const { ids, shown } = this.#marked;
    this.element.hidden = !ids.size;
    setText(this.#text, ids.size ? `${ids.size} ${ids.size === 1 ? "host" : "hosts"} marked` : "");
    this.#all.hidden = shown.every((id) => ids.has(id));
    setText(this.#all, `Mark all ${shown.length} shown`);
  }

  /** @param {Part} part */
  #edit(part) {
    this.#actions.edit([...this.#marked.ids], part);
  }

  /** @param {boolean} disabled */
  async #setDisabled(disabled) {
    setText(this.#problem, await this.#actions.setDisabled([...this.#marked.ids], disabled));
  }
}
