import { STEPS } from "./colour-scale.js";
import { look } from "./look.js";

/** @typedef {{lines: string[], axis: string, grid: string, cursor: string, heat: string[], font: string, remPx: number}} ChartColours */

const LINE_COLOURS = 6;
const FONT_REM = 0.6875;
/** Lines differ without their colours too. @type {readonly (readonly number[])[]} */
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3]];

/** @type {ChartColours | null} */
let colours = null;
/** The look they are of. */
let version = -1;

/** The tokens as a canvas needs them: as colours, of now. */
export function chartColours() {
  if (!colours || version !== look().version) colours = read();
  version = look().version;
  return colours;
}

/**
 * With the colours, which begin anew after six, no two of 24 lines are alike.
 * @param {number} index of a line within its chart
 */
export function dashOf(index) {
  return DASHES[(index + Math.floor(index / (2 * LINE_COLOURS))) % DASHES.length] ?? [];
}

/**
 * @param {string} colour `#rrggbb`
 * @param {number} share from 0 to 1
 */
export function translucent(colour, share) {
  return colour + Math.round(share * 255).toString(16).padStart(2, "0");
}

/** @returns {ChartColours} */
function read() {
  const token = (/** @type {string} */ name) => look().token(name);
  return {
    lines: Array.from({ length: LINE_COLOURS }, (_, index) => token(`--chart-${index + 1}`)),
    axis: token("--text-quiet"),
    grid: token("--chart-grid"),
    cursor: token("--control-line"),
    heat: Array.from({ length: STEPS }, (_, index) => token(`--heat-${index + 1}`)),
    font: `${Math.round(FONT_REM * look().remPx)}px ${token("--font")}`,
    remPx: look().remPx,
  };
}
