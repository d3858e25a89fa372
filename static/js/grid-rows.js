/** @import { Group } from "./selection.js" */

/** One item of a grid: a host may be in several groups, so its key names the group as well. @typedef {{key: string, id: string}} Item */
/** Either the name of a group, or items side by side. @typedef {{label: string, items: Item[], start: number}} Row `start` counts the items before */

/**
 * Groups, cut into rows.
 * @param {Group[]} groups
 * @param {number} columns
 * @returns {Row[]}
 */
export function gridRows(groups, columns) {
  /** @type {Row[]} */
  const rows = [];
  let start = 0;
  for (const { label, tag, entries } of groups) {
    if (label && entries.length) rows.push({ label, items: [], start });
    for (let place = 0; place < entries.length; place += columns) {
      const items = entries.slice(place, place + columns).map(({ id }) => ({ key: `${tag}\n${id}`, id }));
      rows.push({ label: "", items, start: start + place });
    }
    start += entries.length;
  }
  return rows;
}
