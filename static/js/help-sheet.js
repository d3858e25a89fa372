import { button, element } from "./dom.js";
import { openModal } from "./modal.js";
import { SHORTCUTS, hasCharacterKeys, keyName } from "./shortcuts.js";

/** @import { Preferences } from "./preferences.js" */

/** The sheet of keys that `?` shows. */
export class HelpSheet {
  #title = element("h2", "dialog-title", "Keys");
  #close = button("button plain", "Close", () => this.#dialog.close());
  #dialog = element("dialog", "dialog help-sheet", this.#title);

  /**
   * @param {HTMLElement} place
   * @param {boolean} mayChange
   * @param {Preferences} preferences
   */
  constructor(place, mayChange, preferences) {
    this.#title.id = "help-title";
    this.#dialog.setAttribute("aria-labelledby", this.#title.id);
    const rows = Object.values(SHORTCUTS).filter(({ operators }) => mayChange || !operators);
    this.#dialog.append(element("dl", "help-keys", ...rows.map(row)), switchOf(preferences), element("div", "dialog-buttons", this.#close));
    this.#dialog.addEventListener("keydown", (event) => event.key === "?" && this.#dialog.close());
    place.append(this.#dialog);
  }

  open() {
    if (this.#dialog.open) return;
    openModal(this.#dialog);
    this.#close.focus();
  }
}

/** @param {import("./shortcuts.js").Shortcut} shortcut */
function row({ keys, words }) {
  return element("div", "help-row", element("dt", "", ...keys.map((key) => element("kbd", "", keyName(key)))), element("dd", "", words));
}

/**
 * Whether keys that type a character are shortcuts.
 * @param {Preferences} preferences
 */
function switchOf(preferences) {
  const box = element("input");
  box.type = "checkbox";
  box.checked = hasCharacterKeys(preferences);
  box.addEventListener("change", () => preferences.set("keys", box.checked ? "on" : "off"));
  return element("label", "help-switch", box, "Letters, digits and signs are shortcuts");
}
