import { VIEW_TABLE } from "./view-table.js";

/**
 * @typedef {object} Shortcut
 * @property {string[]} keys any of these, as `KeyboardEvent.key` has them
 * @property {string} words what it does
 * @property {boolean} [operators] only for those who may change settings
 */

/** What keys do, in the order of the sheet that `?` shows; `docs/dashboard.md` has the same table. @type {Record<string, Shortcut>} */
export const SHORTCUTS = {
  search: { keys: ["/"], words: "search" },
  ...Object.fromEntries(VIEW_TABLE.map(({ name, key, words }) => [name, { keys: [key], words }])),
  group: { keys: ["g"], words: "group by tag, or not" },
  next: { keys: ["j"], words: "next host; the arrows walk too" },
  previous: { keys: ["k"], words: "host before" },
  open: { keys: ["Enter"], words: "open the host; in the search, go to the first host found" },
  mark: { keys: ["x"], words: "mark the host, or no longer", operators: true },
  settings: { keys: ["s"], words: "settings of the marked hosts, or of the one at hand" },
  pause: { keys: [" "], words: "hold the charts of the open host, or let them go on" },
  zoom: { keys: ["+", "-"], words: "on a chart: closer to its cursor, which the arrows, Home and End move, and back again" },
  add: { keys: ["a"], words: "how to add a host", operators: true },
  theme: { keys: ["t"], words: "colours: as the system, light, dark" },
  wall: { keys: ["w"], words: "wall screen, in the view one looks at" },
  help: { keys: ["?"], words: "this sheet" },
  leave: { keys: ["Escape"], words: "close, leave, clear: one step back" },
};

/** What is written on the key. @param {string} key */
export function keyName(key) {
  return key === " " ? "Space" : key;
}

const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=range]), textarea, select, [contenteditable]";

/** What Safari calls the key that ends a composition, of which it then says no more. */
const COMPOSING_KEY_CODE = 229;

/** Keys that type nothing: they mean something while somebody writes, too, and cannot be pressed by a word that is spoken. */
const NO_CHARACTERS = ["Escape", "Enter"];

/**
 * The name of the shortcut that a key press means.
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, isComposing?: boolean, keyCode?: number, defaultPrevented?: boolean}} event
 * @param {{isTyping: boolean, isAsking: boolean, hasPopover?: boolean, hasCharacters?: boolean}} situation somebody writes; a dialog is
 *   open, whose keys are its own; something stands over the page that Escape closes by itself; characters are shortcuts
 * @returns {string | null}
 */
export function shortcutOf(event, { isTyping, isAsking, hasPopover = false, hasCharacters = true }) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isAsking) return null;
  if (event.isComposing || event.keyCode === COMPOSING_KEY_CODE) return null;
  if ((isTyping || !hasCharacters) && !NO_CHARACTERS.includes(event.key)) return null;
  if (hasPopover && event.key === "Escape") return null;
  return Object.keys(SHORTCUTS).find((name) => SHORTCUTS[name]?.keys.includes(event.key)) ?? null;
}

/**
 * Do what keys mean, wherever the focus is.
 * @param {Partial<Record<keyof typeof SHORTCUTS, () => boolean | void>>} actions false: the key was not meant, and goes its way
 * @param {() => boolean} hasCharacters whether characters are shortcuts
 */
export function listenForShortcuts(actions, hasCharacters) {
  addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const isTyping = target?.closest(TYPING) !== null && target !== null;
    const isOpen = (/** @type {string} */ selector) => document.querySelector(selector) !== null;
    const situation = { isTyping, isAsking: isOpen("dialog[open]"), hasPopover: isOpen(":popover-open"), hasCharacters: hasCharacters() };
    const name = shortcutOf(event, situation);
    const action = name ? actions[name] : undefined;
    if (!action || action() === false) return;
    event.preventDefault();
  });
}

/**
 * Whether characters are shortcuts: who speaks instead of typing would press them with every word.
 * @param {import("./preferences.js").Preferences} preferences
 */
export function hasCharacterKeys(preferences) {
  return preferences.get("keys", "on") === "on";
}
