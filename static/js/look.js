import { Signal } from "./signal.js";

/**
 * What scripts have to know of the page's looks, and the only one that watches them. To ask the browser costs a style
 * calculation, so answers are kept.
 */
export class Look {
  /** The theme, the text size or the screen's pixel ratio changed: what is drawn is to be drawn again. @type {Signal<void>} */
  changed = new Signal();
  /** Counts the changes: who keeps what was made of these values knows whether they still hold. */
  version = 0;

  /** @type {Map<string, string>} */
  #tokens = new Map();
  #remPx = 0;

  constructor() {
    // the theme and the wall screen are attributes of the page; `first-paint.js` brings the system's own theme there, too
    new MutationObserver(() => this.#forget()).observe(document.documentElement, { attributes: true });
    this.#watchPixelRatio();
  }

  get remPx() {
    this.#remPx ||= parseFloat(getComputedStyle(document.documentElement).fontSize);
    return this.#remPx;
  }

  /** @param {string} name as `--chart-grid`: what `css/tokens.css` says it is */
  token(name) {
    const known = this.#tokens.get(name);
    if (known !== undefined) return known;
    const value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    this.#tokens.set(name, value);
    return value;
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
    this.#tokens.clear();
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
