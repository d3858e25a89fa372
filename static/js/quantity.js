/** @typedef {import("./units.js").Unit} Quantity */

/** Numbers as people type them into a condition: `80`, `80%`, `10G`, `1.5 GiB/s` without the blank, `300ms`, `2h`. */

const KIB = 1024;
/** As English writes a thousand, and German one and some: nobody can tell which is meant. */
const THOUSANDS = /^[+-]?[1-9]\d{0,2},\d{3}$/;
/** @type {[RegExp, number][]} */
const BYTES = ["", "k", "m", "g", "t", "p"].map((letter, power) => [new RegExp(`^${letter}${letter && "i?"}b?(ytes)?$`, "i"), KIB ** power]);
/** @type {[RegExp, number][]} */
const SECONDS = [[/^ms$/, 0.001], [/^(s|sec)?$/, 1], [/^(m|min)$/, 60], [/^h$/, 3_600], [/^d$/, 86_400]];
/** @type {[RegExp, number][]} */
const MILLISECONDS = [[/^(ms)?$/, 1], [/^(s|sec)$/, 1_000], [/^(m|min)$/, 60_000]];

/**
 * What each unit is called in a remedy, and what may follow its numbers.
 * @type {Record<Quantity, {units: [RegExp, number][], example: string}>}
 */
const QUANTITIES = {
  ratio: { units: [[/^%?$/, 0.01]], example: "80 or 80%" },
  bytes: { units: BYTES, example: "10G, 500M or 4096" },
  "bytes per second": { units: BYTES, example: "10M, 500K or 10M/s" },
  seconds: { units: SECONDS, example: "90s, 5min, 2h or 3d" },
  celsius: { units: [[/^(°?c|°)?$/i, 1]], example: "70" },
  milliseconds: { units: MILLISECONDS, example: "250 or 250ms" },
  number: { units: [[/^$/, 1]], example: "4 or 0.5" },
};

/**
 * @param {string} text
 * @param {Quantity} unit
 * @param {boolean} isRaw of a metric by its full name: a bare share is meant as it is on the wire, from 0 to 1
 * @returns {number | null} in base units; null if it is no such quantity
 */
export function parseQuantity(text, unit, isRaw) {
  const [, digits, suffix] = /^([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+))\s*(.*)$/s.exec(text) ?? [];
  if (digits === undefined || suffix === undefined) return null;
  if (THOUSANDS.test(digits)) return null;
  const value = Number(digits.replace(",", "."));
  if (isRaw && unit === "ratio" && !suffix) return Math.abs(value) > 1 ? null : value;
  const bare = unit === "bytes per second" ? suffix.replace(/\/s$/i, "") : suffix;
  const [, factor] = QUANTITIES[unit].units.find(([pattern]) => pattern.test(bare)) ?? [];
  return factor === undefined ? null : value * factor;
}

/**
 * How such a quantity is written.
 * @param {Quantity} unit
 * @param {boolean} isRaw
 */
export function exampleOf(unit, isRaw) {
  return isRaw && unit === "ratio" ? "0.8 or 80%" : QUANTITIES[unit].example;
}

/** @type {[string, Quantity][]} */
const SUFFIXES = [
  ["_bytes_per_second", "bytes per second"],
  ["_bytes", "bytes"],
  ["_ratio", "ratio"],
  ["_seconds", "seconds"],
  ["_celsius", "celsius"],
  ["_milliseconds", "milliseconds"],
];

/**
 * The unit that stands in a metric's name.
 * @param {string} metric
 */
export function unitOf(metric) {
  return SUFFIXES.find(([suffix]) => metric.endsWith(suffix))?.[1] ?? "number";
}
