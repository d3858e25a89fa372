import { setText } from "./dom.js";

/**
 * Lines that may be longer than their place. Only those that may be are cut off: every box that cuts off is a part of the picture of its
 * own, and a table has some hundred lines, nearly all of them short.
 */

/**
 * Letters, and what one of them takes at most, in em: bold, in the widest of the common fonts for screens, DejaVu Sans and Verdana. Nobody
 * knows how wide any other one is, or with what it is combined: a single letter may be as wide as a sentence.
 * @type {readonly (readonly [letters: RegExp, em: number])[]}
 */
const WIDTHS = [
  [/[ \u00a0\u202f'.,ijl]/, 0.41],
  [/[-!:;·frt]/, 0.51],
  [/[0-9]/, 0.72],
  [/["$()*/?I[\\\]_`a-eghknopqsuvxyz{|}°ß-åç-öø-ÿ]/, 0.75],
  [/[&A-HJ-LN-VX-ZÀ-ÅÇ-ÖØ-Þ]/, 0.9],
  [/[#+<=>^~w]/, 1],
  [/[@MWmÆæ]/, 1.15],
  [/%/, 1.3],
  [/[\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f]/, 1.35], // Greek, Cyrillic
  [/[\u3001\u3002\u3041-\u3096\u30a1-\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufa6d]/, 1.1], // kana, Chinese, Korean
];
/** What stands in tables (`--size-text`), beside the size of the root. */
const REM_AN_EM = 0.8125;

/** How wide a line is at most that is not bold, beside one that is. */
export const REGULAR = 0.9;
/** How wide a line is in small letters (`--size-small`), beside one in those of tables. */
export const SMALL = 0.75 / REM_AN_EM;

/** By letter, of those that were asked for. @type {Map<string, number>} */
const known = new Map();

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
 * Whether a text may be wider than that, were it bold; true in case of doubt.
 * @param {string} text
 * @param {number} rem
 */
export function isLong(text, rem) {
  let em = rem / REM_AN_EM;
  for (const letter of text) {
    em -= widthOf(letter);
    if (em < 0) return true;
  }
  return false;
}

/** @param {string} letter */
function widthOf(letter) {
  let em = known.get(letter);
  if (em === undefined) {
    em = WIDTHS.find(([letters]) => letters.test(letter))?.[1] ?? Infinity;
    known.set(letter, em);
  }
  return em;
}
