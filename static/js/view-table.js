/**
 * THE table of the ways to see the fleet, without what makes them: a new one is a line here and one in views.js, which tsc asks for.
 * `isOrdered`: hosts stand in it as they are sorted and grouped.
 */
export const VIEW_TABLE = /** @type {const} */ ([
  { name: "table", label: "Table", key: "1", words: "table", isOrdered: true },
  { name: "cards", label: "Cards", key: "2", words: "cards", isOrdered: true },
  { name: "heat", label: "Heat map", key: "3", words: "heat map", isOrdered: true },
  { name: "overlay", label: "Overlay", key: "4", words: "overlay: one metric of many hosts", isOrdered: false },
]);

/** @typedef {typeof VIEW_TABLE[number]["name"]} ViewName */
