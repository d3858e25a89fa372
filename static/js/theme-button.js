import { button, setAttribute, setText } from "./dom.js";
import { THEMES, nextTheme } from "./theme.js";

/** @import { Theme } from "./theme.js" */

/** A picture for each choice: half a disc, a sun, a moon. */
const PICTURES = { auto: "◐", light: "☀", dark: "☾" };

/** One button that walks through system, light and dark. */
export class ThemeButton {
  element;
  #theme;

  /** @param {Theme} theme */
  constructor(theme) {
    this.#theme = theme;
    this.element = button("icon-button theme-button", "", () => this.press());
    this.#show();
  }

  press() {
    this.#theme.choose(nextTheme(this.#theme.choice));
    this.#show();
  }

  #show() {
    const { choice } = this.#theme;
    const words = `Colours: ${THEMES.find((known) => known.choice === choice)?.label}`;
    setText(this.element, PICTURES[choice]);
    setAttribute(this.element, "title", `${words} ( t )`);
    setAttribute(this.element, "aria-label", words);
  }
}
