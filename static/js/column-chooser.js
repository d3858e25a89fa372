import { button, element } from "./dom.js";
import { COLUMNS } from "./table-columns.js";

/** @import { Preferences } from "./preferences.js" */

const PREFERENCE = "hidden columns";

/** Which columns somebody wants to see. Remembered are those that are not wanted, so that new ones appear. */
export class ColumnChooser {
  element = element("div", "column-chooser");

  #preferences;
  #list = element("div", "column-list");

  /** @param {Preferences} preferences */
  constructor(preferences) {
    this.#preferences = preferences;
    const open = button("toggle-button", "Columns", () => {});
    this.#list.id = "column-list";
    this.#list.popover = "auto";
    this.#list.setAttribute("role", "group");
    this.#list.setAttribute("aria-label", "columns");
    open.popoverTargetElement = this.#list;
    this.#list.addEventListener("beforetoggle", (event) => /** @type {ToggleEvent} */ (event).newState === "open" && this.#fill());
    this.#list.addEventListener("toggle", () => {
      const { left, bottom } = open.getBoundingClientRect();
      this.#list.style.left = `${Math.max(0, Math.min(left, innerWidth - this.#list.offsetWidth))}px`;
      this.#list.style.top = `${bottom}px`;
    });
    this.element.append(open, this.#list);
  }

  /** Ids. */
  get unwanted() {
    return this.#preferences.get(PREFERENCE, /** @type {string[]} */ ([]));
  }

  #fill() {
    const unwanted = this.unwanted;
    this.#list.replaceChildren(
      ...COLUMNS.filter(({ isName }) => !isName).map(({ id, label }) => {
        const box = element("input");
        box.type = "checkbox";
        box.checked = !unwanted.includes(id);
        box.addEventListener("change", () => this.#choose(id, box.checked));
        return element("label", "column-choice", box, label);
      }),
    );
  }

  /**
   * @param {string} id
   * @param {boolean} isWanted
   */
  #choose(id, isWanted) {
    const others = this.unwanted.filter((one) => one !== id);
    this.#preferences.set(PREFERENCE, isWanted ? others : [...others, id]);
  }
}
