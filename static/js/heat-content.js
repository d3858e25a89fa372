import { stepOf } from "./colour-scale.js";
import { isLate } from "./interval.js";
import { shortText } from "./units.js";

/** @import { Scale } from "./colour-scale.js" */
/** @import { Field } from "./fields.js" */
/** @import { Formatter } from "./format.js" */
/** @import { HostView } from "./protocol.js" */

/** Why a cell has no colour. @typedef {"down" | "disabled" | "late" | "unknown"} Mark */

/**
 * @typedef {object} HeatContent
 * @property {string} name
 * @property {string} value as it is written in the cell
 * @property {string} words what is said to those who do not see the colour
 * @property {number} step of the scale; 0 with a mark
 * @property {Mark | ""} mark
 */

/** @type {Record<Mark, {value: string, words: string}>} */
const MARKS = {
  down: { value: "down", words: "down" },
  disabled: { value: "disabled", words: "disabled" },
  late: { value: "late", words: "late" },
  unknown: { value: "–", words: "no value" },
};

/**
 * What a cell of the heat map says of a host.
 * @param {HostView} host
 * @param {Field} field
 * @param {Scale} scale
 * @param {number} now the hub's clock, in seconds
 * @param {Formatter} format
 * @returns {HeatContent}
 */
export function heatContent(host, field, scale, now, format) {
  const { name, status } = host;
  const value = field.of(host, now);
  const mark = status === "down" || status === "disabled" ? status : typeof value !== "number" ? "unknown" : isStale(host, field, now) ? "late" : "";
  if (mark) return { name, value: MARKS[mark].value, words: `${name} ${MARKS[mark].words}`, step: 0, mark };
  const text = shortText(field.unit, Number(value), format);
  return { name, value: text, words: `${name} ${text}, ${field.label}`, step: stepOf(scale, Number(value)), mark: "" };
}

/**
 * The largest value of those that have a colour.
 * @param {Iterable<HostView | undefined>} hosts
 * @param {Field} field
 * @param {number} now
 */
export function mostOf(hosts, field, now) {
  let most = 0;
  for (const host of hosts) {
    const value = host?.status === "up" && !isStale(host, field, now) ? field.of(host, now) : null;
    if (typeof value === "number") most = Math.max(most, value);
  }
  return most;
}

/**
 * Whether a newer value is owed. The age of a sample is always as new as can be.
 * @param {HostView} host
 * @param {Field} field
 * @param {number} now
 */
export function isStale(host, field, now) {
  return field.name !== "age" && isLate(host, now);
}
