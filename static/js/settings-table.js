/** @import { Formatter } from "./format.js" */

/**
 * One thing an operator can set for a host: a line of the table that the hub's own form comes from, too.
 * @typedef {object} Setting
 * @property {string} name
 * @property {boolean | number} default a switch if it is a boolean
 * @property {string} help
 * @property {number | null} minimum
 * @property {number | null} maximum
 * @property {string} unit
 * @property {string} label
 */

/** @typedef {{value: boolean | number} | {problem: string}} Checked */

/**
 * The table, as the page carries it.
 * @param {string} json
 * @returns {Setting[]}
 */
export function readSettings(json) {
  return JSON.parse(json);
}

/**
 * What people call it: `Show CPUs`, as in the admin.
 * @param {Setting} setting
 */
export function titleOf({ label }) {
  return label.slice(0, 1).toUpperCase() + label.slice(1);
}

/**
 * `on`, `5 s`
 * @param {{unit?: string}} setting
 * @param {boolean | number} value
 * @param {Formatter} format
 */
export function settingText({ unit }, value, format) {
  if (typeof value === "boolean") return value ? "on" : "off";
  return unit ? `${format.number(value)} ${unit}` : format.number(value);
}

/**
 * `0.2 to 3600 s`; empty for a switch.
 * @param {Setting} setting
 * @param {Formatter} format
 */
export function boundsText({ minimum, maximum, unit }, format) {
  if (minimum === null || maximum === null) return "";
  return `${format.number(minimum)} to ${format.number(maximum)} ${unit}`.trim();
}

/**
 * What somebody typed as the setting's value, or what is wrong with it. The hub checks it again, with the same bounds.
 * @param {Setting} setting a number
 * @param {string} text
 * @param {Formatter} format
 * @returns {Checked}
 */
export function checkText(setting, text, format) {
  const { minimum, maximum } = setting;
  const value = text.trim() ? Number(text) : NaN;
  const wrong = (/** @type {string} */ what) => ({ problem: `${titleOf(setting)} ${what}` });
  if (!Number.isFinite(value)) return wrong(`must be a number: ${boundsText(setting, format)}.`);
  if (minimum !== null && value < minimum) return wrong(`${settingText(setting, value, format)} is below ${settingText(setting, minimum, format)}.`);
  if (maximum !== null && value > maximum) return wrong(`${settingText(setting, value, format)} is above ${settingText(setting, maximum, format)}.`);
  return { value };
}
