/** @import { Shown } from "./selection.js" */
/** @import { Line } from "./table-row.js" */

/** Places from `first` to before `end`. @typedef {{first: number, end: number}} Range */
/** Those of the lines that exist, and of these the ones that are seen. @typedef {Range & {seen: Range}} Existing */

/** Rows beyond the edges, so that a quick scroll shows no gap. */
const BEYOND = 5;

/**
 * The rows of the table, one under another. A host that is in two groups has two.
 * @param {Shown} shown
 * @returns {Line[]}
 */
export function linesOf({ groups }) {
  return groups.flatMap((group) => {
    const name = JSON.stringify(group.tag); // and not its place: other groups come and go. There may be a tag "null"
    return [...(group.label ? [{ key: name, group, entry: null }] : []), ...group.entries.map((entry) => ({ key: `${name}\n${entry.id}`, entry }))];
  });
}

/**
 * Which of them exist: those that are seen, and some beyond. As many at every place, so that no row is made or taken away while one scrolls.
 * @param {number} count
 * @param {number} rowHeight
 * @param {number} top what is scrolled away, in the unit of the row's height
 * @param {number} height of what is seen
 * @returns {Existing}
 */
export function existingLines(count, rowHeight, top, height) {
  const most = Math.ceil(height / rowHeight) + 1 + 2 * BEYOND;
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight) - BEYOND, count - most));
  const seen = { first: Math.min(count, Math.floor(top / rowHeight)), end: Math.min(count, Math.ceil((top + height) / rowHeight)) };
  return { first, end: Math.min(count, first + most), seen };
}

/**
 * Where a key leads from a host; headings are passed over.
 * @param {string} key as in `KeyboardEvent.key`
 * @param {number} here
 * @param {Line[]} lines
 * @param {number} page how many rows are seen
 * @returns {number | null} null: the key does not walk
 */
export function walk(key, here, lines, page) {
  switch (key) {
    case "ArrowDown":
      return hostFrom(here + 1, 1, lines) ?? here;
    case "ArrowUp":
      return hostFrom(here - 1, -1, lines) ?? here;
    case "PageDown":
      return hostFrom(Math.min(lines.length - 1, here + page), -1, lines);
    case "PageUp":
      return hostFrom(Math.max(0, here - page), 1, lines);
    case "Home":
      return hostFrom(0, 1, lines);
    case "End":
      return hostFrom(lines.length - 1, -1, lines);
    default:
      return null;
  }
}

/**
 * The first host from there on.
 * @param {number} from
 * @param {1 | -1} step
 * @param {Line[]} lines
 */
function hostFrom(from, step, lines) {
  for (let place = from; place >= 0 && place < lines.length; place += step) if (lines[place]?.entry) return place;
  return null;
}
