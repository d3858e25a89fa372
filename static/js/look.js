import { Signal } from "./signal.js";

/** What a canvas has to know of the page's looks. Colours are cached: to ask the browser for one costs a style calculation. */
export class Look {
  /** The theme, the text size or the screen's pixel ratio changed: what is drawn is to be drawn again. @type {Signal<void>} */
  changed = new Signal();
  /** Counts the changes: who remembers it knows whether what was drawn is still right. */
  version = 0;

  /** @type {Map<string, string>} */
  #colours = new Map();
  #remPx = 0;

  constructor() {
    // the theme that somebody chose is an attribute of the page; the system's own comes by the query
    new MutationObserver(() => this.#forget()).observe(document.documentElement, { attributes: true });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#forget());
    this.#watchPixelRatio();
  }

  get pixelRatio() {
    return devicePixelRatio;
  }

  get remPx() {
    this.#remPx ||= parseFloat(getComputedStyle(document.documentElement).fontSize);
    return this.#remPx;
  }

  /** @param {string} token as `--spark-cpu`: it must have a value */
  colour(token) {
    const known = this.#colours.get(token);
    if (known !== undefined) return known;
    const colour = getComputedStyle(document.documentElement).getPropertyValue(token).trim();
    this.#colours.set(token, colour);
    return colour;
  }

  #watchPixelRatio() {
    const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener(
      "change",
      () => {
        this.#forget();
        this.#watchPixelRatio();
      },
      { once: true },
    );
  }

  #forget() {
    this.#colours.clear();
    this.#remPx = 0;
    this.version += 1;
    this.changed.emit();
  }
}

/** @type {Look | null} */
let ofThisPage = null;

/** The page's one look. Made when it is first asked for: tests of what is pure have no page. */
export function look() {
  ofThisPage ??= new Look();
  return ofThisPage;
}
