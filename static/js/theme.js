import { storageOf, write } from "./preferences.js";

/** @typedef {"auto" | "light" | "dark"} ThemeChoice */

/** In the order in which the button walks through them. @type {readonly {choice: ThemeChoice, label: string}[]} */
export const THEMES = [
  { choice: "auto", label: "as the system" },
  { choice: "light", label: "light" },
  { choice: "dark", label: "dark" },
];

const KEY = "theme";

/** Light or dark: what the person chose, and what is shown. `first-paint.js` puts it into effect. */
export class Theme {
  /** @type {Storage | null} */
  #storage;
  /** What the browser would not keep; it holds until the page is closed. @type {ThemeChoice | null} */
  #held = null;

  /** @param {Storage | null} [storage] */
  constructor(storage = storageOf(window)) {
    this.#storage = storage;
  }

  /** @returns {ThemeChoice} */
  get choice() {
    return this.#held ?? themeChoice(this.#storage?.getItem(KEY) ?? null);
  }

  /** @param {ThemeChoice} choice */
  choose(choice) {
    this.#held = this.#storage && write(this.#storage, KEY, choice) ? null : choice;
    dispatchEvent(new CustomEvent("themechoice", { detail: choice }));
  }
}

/**
 * @param {string | null} text as kept, perhaps by somebody else
 * @returns {ThemeChoice}
 */
export function themeChoice(text) {
  return THEMES.find(({ choice }) => choice === text)?.choice ?? "auto";
}

/**
 * The choice that follows in the order of the button.
 * @param {ThemeChoice} choice
 * @returns {ThemeChoice}
 */
export function nextTheme(choice) {
  const place = THEMES.findIndex((known) => known.choice === choice);
  return THEMES[(place + 1) % THEMES.length]?.choice ?? "auto";
}
