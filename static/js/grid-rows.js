/** @import { Group } from "./selection.js" */

/** One item of a grid: a host may be in several groups, so its key names the group as well. @typedef {{key: string, id: string}} Item */
/**
 * Either the head of a group, or items side by side. `group` where its head stands; `start` counts the items before.
 * @typedef {{group: Group | null, items: Item[], start: number}} Row
 */

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
  for (const group of groups) {
    const { label, tag, entries } = group;
    if (label && entries.length) rows.push({ group, items: [], start });
    for (let place = 0; place < entries.length; place += columns) {
      const items = entries.slice(place, place + columns).map(({ id }) => ({ key: `${tag}\n${id}`, id }));
      rows.push({ group: null, items, start: start + place });
    }
    start += entries.length;
  }
  return rows;
}
