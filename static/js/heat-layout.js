/** How large the cells of the heat map are: as large as lets all of them be seen at once, and with as many words as fit. */

/** @typedef {"name" | "value" | "colour"} Detail what is written in a cell */
/** @typedef {{detail: Detail, width: number, height: number}} CellSize in rem */

/** @type {readonly CellSize[]} */
const WITH_NAME = [
  { detail: "name", width: 8.5, height: 3.25 },
  { detail: "name", width: 6, height: 2.625 },
];
/** Short values, as `97%`. @type {readonly CellSize[]} */
const WITH_SHORT_VALUE = [
  { detail: "value", width: 4, height: 2.25 },
  { detail: "value", width: 3, height: 1.875 },
  { detail: "value", width: 2.5, height: 1.625 },
  { detail: "value", width: 2.125, height: 1.375 },
];
/** Long ones, as `12 MiB/s`. @type {readonly CellSize[]} */
const WITH_LONG_VALUE = [{ detail: "value", width: 4.75, height: 1.75 }];
/** @type {readonly CellSize[]} */
const COLOUR_ALONE = [1.75, 1.5, 1.25, 1, 0.75].map((side) => ({ detail: "colour", width: side, height: side }));

/** Smaller ones are not met by a finger. */
const TOUCHED_REM = 1.5;

/**
 * @typedef {object} Space all in rem
 * @property {number} width
 * @property {number} height
 * @property {number} gap between cells
 * @property {number} label what the name of a group takes; 0 without groups
 */

/**
 * @param {number[]} counts cells in each group
 * @param {Space} space
 * @param {{long: boolean, touched: boolean}} options whether values are long words, and cells are tapped by fingers
 * @returns {CellSize & {columns: number}}
 */
export function cellSize(counts, space, { long, touched }) {
  const sizes = [...WITH_NAME, ...(long ? WITH_LONG_VALUE : WITH_SHORT_VALUE), ...COLOUR_ALONE].filter(({ height }) => !touched || height >= TOUCHED_REM);
  const size = sizes.find((candidate) => heightOf(counts, candidate, space) <= space.height) ?? /** @type {CellSize} */ (sizes.at(-1));
  return { ...size, columns: columnsOf(size, space) };
}

/**
 * @param {number[]} counts
 * @param {CellSize} size
 * @param {Space} space
 */
function heightOf(counts, size, space) {
  const columns = columnsOf(size, space);
  return counts.reduce((sum, count) => sum + space.label + Math.ceil(count / columns) * (size.height + space.gap), 0);
}

/**
 * @param {CellSize} size
 * @param {Space} space
 */
function columnsOf({ width }, space) {
  return Math.max(1, Math.floor((space.width + space.gap) / (width + space.gap)));
}
