/** THE table of the ways to see the fleet, without what makes them: a new one is a line here and one in views.js, which tsc asks for. */
export const VIEW_TABLE = /** @type {const} */ ([
  { name: "table", label: "Table", key: "1", words: "table" },
  { name: "cards", label: "Cards", key: "2", words: "cards" },
  { name: "heat", label: "Heat map", key: "3", words: "heat map" },
  { name: "overlay", label: "Overlay", key: "4", words: "overlay: one metric of many hosts" },
]);

/** @typedef {typeof VIEW_TABLE[number]["name"]} ViewName */
