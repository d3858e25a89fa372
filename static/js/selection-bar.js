import { button, element, setText } from "./dom.js";

/** @import { Formatter } from "./format.js" */
/** @import { Marked } from "./marked.js" */
/** @import { Part } from "./settings-dialog.js" */

/**
 * What the bar can have done.
 * @typedef {object} SelectionActions
 * @property {(ids: string[], part: Part) => void} edit
 * @property {(ids: string[], disabled: boolean) => Promise<string>} setDisabled what went wrong, in words
 * @property {(verb: string, count: number, hidden: string[]) => Promise<boolean>} confirm that it is meant for hidden hosts as well
 */

/** What can be done with the hosts that are marked. There while some are. */
export class SelectionBar {
  element = element("section", "selection-bar");

  #marked;
  #format;
  #actions;
  /** Waits for an answer: of the person, or of the hub. */
  #isBusy = false;
  #count = element("span");
  /** Changes under a search for what is measured: to be seen, not to be read aloud. */
  #notShown = element("span");
  #problem = element("p", "dialog-problem");
  #all = button("quiet-button", "", () => this.#marked.mark(this.#marked.shown));

  /**
   * @param {Marked} marked
   * @param {Formatter} format
   * @param {SelectionActions} actions
   */
  constructor(marked, format, actions) {
    this.#marked = marked;
    this.#format = format;
    this.#actions = actions;
    this.element.setAttribute("aria-label", "marked hosts");
    this.#count.setAttribute("role", "status");
    this.#problem.setAttribute("role", "alert");
    this.element.append(
      element("p", "selection-text", this.#count, this.#notShown),
      this.#all,
      button("button", "Settings…", () => this.#edit("settings")),
      button("button plain", "Tags…", () => this.#edit("tags")),
      button("button plain", "Disable", (event) => void this.#setDisabled(true, event)),
      button("button plain", "Enable", (event) => void this.#setDisabled(false, event)),
      button("quiet-button", "Clear", () => marked.clear()),
      this.#problem,
    );
    marked.changed.listen(() => setText(this.#problem, ""));
    this.draw();
  }

  draw() {
    const { ids, shown, hidden } = this.#marked;
    this.element.hidden = !ids.size;
    setText(this.#count, ids.size ? `${this.#format.counted(ids.size, "host")} marked` : "");
    setText(this.#notShown, hidden.length ? `, ${this.#format.number(hidden.length)} not shown` : "");
    this.#all.hidden = shown.every((id) => ids.has(id));
    setText(this.#all, `Mark all ${this.#format.number(shown.length)} shown`);
  }

  /** @param {Part} part */
  #edit(part) {
    this.#actions.edit([...this.#marked.ids], part);
  }

  /**
   * Once, also by a double click: the hub answers before its second one.
   * @param {boolean} disabled
   * @param {MouseEvent} event
   */
  async #setDisabled(disabled, { detail }) {
    if (this.#isBusy || detail > 1) return;
    this.#isBusy = true;
    const { ids, hidden } = this.#marked;
    const chosen = [...ids];
    const isMeant = !hidden.length || (await this.#actions.confirm(disabled ? "Disable" : "Enable", chosen.length, hidden));
    if (isMeant) setText(this.#problem, await this.#actions.setDisabled(chosen, disabled));
    this.#isBusy = false;
  }
}

/**
 * What to ask before something is done to hosts that are not in sight.
 * @param {string} verb
 * @param {number} count
 * @param {number} hidden
 * @param {Formatter} format
 */
export function hiddenQuestion(verb, count, hidden, { number, counted }) {
  const hosts = counted(count, "host");
  const marked = counted(count, "marked host");
  const which = count === 1 ? "the marked host" : hidden === count ? `all ${marked}` : `${number(hidden)} of the ${marked}`;
  const some = hidden === count ? "" : `, ${number(hidden)} of them not shown`;
  return { title: `${verb} ${hosts}${some}?`, text: `A search or a filter hides ${which}:`, action: `${verb} ${hosts}` };
}
