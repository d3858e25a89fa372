import { setAttribute } from "./dom.js";
import { icon, iconButton } from "./icons.js";
import { THEMES, nextTheme } from "./theme.js";

/** @import { Theme } from "./theme.js" */

/** One button that walks through system, light and dark. */
export class ThemeButton {
  element;
  #theme;

  /** @param {Theme} theme */
  constructor(theme) {
    this.#theme = theme;
    this.element = iconButton("auto", "", "t", () => this.press());
    addEventListener("storage", () => this.#show()); // another page of this browser chose, perhaps the admin
    this.#show();
  }

  press() {
    this.#theme.choose(nextTheme(this.#theme.choice));
    this.#show();
  }

  #show() {
    const { choice } = this.#theme;
    const words = `Colours: ${THEMES.find((known) => known.choice === choice)?.label}`;
    this.element.replaceChildren(icon(choice));
    setAttribute(this.element, "title", `${words} ( t )`);
    setAttribute(this.element, "aria-label", words);
  }
}
