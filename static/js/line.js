import { setText } from "./dom.js";

/**
 * Lines that may be longer than their place. Only those that may be are cut off: every box that cuts off is a part of the picture of its
 * own, and a table has some hundred lines, nearly all of them short.
 */

/** Letters, and what one of them takes at most, in em, in the common fonts for screens, semibold. All others of ASCII are ordinary. */
const LETTERS = /** @type {const} */ ([
  [/[^\x20-\x7e]/g, 1.2],
  [/[A-HJ-Z@%&mw]/g, 1],
  [/[0-9]/g, 0.58],
  [/[ !'().,:;I[\]fijlrt|-]/g, 0.42],
]);
const ORDINARY_EM = 0.64;
/** What stands in tables (`--size-text`), beside the size of the root. */
const REM_AN_EM = 0.8125;

/**
 * @param {HTMLElement} line
 * @param {string} text
 * @param {number} rem how wide its place is at least
 */
export function setLine(line, text, rem) {
  if (line.textContent === text) return;
  setText(line, text);
  line.toggleAttribute("data-long", isLong(text, rem));
}

/**
 * Whether a text may be wider than that; true in case of doubt.
 * @param {string} text
 * @param {number} rem
 */
export function isLong(text, rem) {
  let [em, ordinary] = [0, text.length];
  for (const [letters, each] of LETTERS) {
    const count = text.match(letters)?.length ?? 0;
    em += count * each;
    ordinary -= count;
  }
  return (em + ordinary * ORDINARY_EM) * REM_AN_EM > rem;
}
