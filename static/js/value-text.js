/** @import { Unit } from "./fields.js" */
/** @import { Formatter } from "./format.js" */

/**
 * A value as it is written in a cell: short, with its unit.
 * @param {Unit} unit
 * @param {number} value
 * @param {Formatter} format
 */
export function valueText(unit, value, format) {
  switch (unit) {
    case "ratio":
      return format.percent(value);
    case "bytes":
      return format.bytes(value);
    case "bytes per second":
      return format.rate(value);
    case "seconds":
      return format.duration(value);
    case "celsius":
      return format.celsius(value);
    case "milliseconds":
      return format.milliseconds(value);
    default:
      return format.number(value);
  }
}
