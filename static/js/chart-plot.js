import uPlot from "../vendor/uplot/uPlot.esm.js";
import { heatCells, heatCount, paintHeat } from "./chart-heat.js";
import { chartOptions, edgesOf, hasBands } from "./chart-options.js";
import { chartColours } from "./chart-theme.js";
import { ChartTouch } from "./chart-touch.js";

/** @import { Table } from "./chart-columns.js" */
/** @import { Range } from "./chart-group.js" */
/** @import { ChartSpec } from "./chart-options.js" */
/** @import { Formatter } from "./format.js" */

/** All charts of the page have one cursor. */
const CURSOR = "vedette";
const SYNCHRONISED = new Set(["mousemove", "mouseleave"]);
/** A shorter drag is a click. */
const LEAST_DRAG_PX = 6;
/** Where many lines are, one this near to the pointer stands out. */
const NEAR_PX = 24;
const FADED = 0.2;
/** Where uPlot puts a cursor that is not there. */
const OUTSIDE_PX = -10;

/**
 * What happens in a plot.
 * @typedef {object} PlotEvents
 * @property {(from: number, to: number) => void} onZoom a range of time was chosen, in seconds
 * @property {() => void} onReset
 * @property {() => void} onCursor it has moved
 * @property {(line: number) => void} onNear the line at the pointer, -1 for none
 */

/** The lines of a chart, with axes and cursor. This is the only module that makes plots of uPlot's. */
export class ChartPlot {
  uplot;

  #spec;
  #events;
  /** @type {Table} */
  #table = { at: [], columns: new Map() };
  /** @type {number | null} */
  #top = null;

  /**
   * @param {ChartSpec} spec
   * @param {Formatter} format
   * @param {{place: HTMLElement, width: number, height: number}} frame in pixels
   * @param {PlotEvents} events
   */
  constructor(spec, format, { place, width, height }, events) {
    this.#spec = spec;
    this.#events = events;
    this.uplot = new uPlot({ ...this.#options(format), width, height }, this.#data(), place);
    new ChartTouch(this.uplot);
  }

  /**
   * @param {Table} table has the columns of all lines
   * @param {Range} range
   * @param {number | null} top end of the scale, if it is known beforehand
   */
  show(table, [min, max], top) {
    this.#table = table;
    this.#top = top;
    this.uplot.setData(this.#data(), false);
    this.uplot.setScale("x", { min, max });
  }

  /** The same in other colours. */
  redraw() {
    this.uplot.redraw(false, true);
  }

  /**
   * @param {number} width in pixels
   * @param {number} height
   */
  resize(width, height) {
    if (width !== this.uplot.width) this.uplot.setSize({ width, height });
  }

  /**
   * @param {number} line
   * @param {boolean} isShown
   */
  toggle(line, isShown) {
    const edges = hasBands(this.#spec) ? edgesOf(this.#spec.lines.length, line) : [];
    this.uplot.batch(() => [1 + line, ...edges].forEach((series) => this.uplot.setSeries(series, { show: isShown })));
  }

  /**
   * The cursor so many rows on, as far as rows are in sight, and that of the other charts.
   * @param {number} rows less than 0 for those before; without end for the first or the last one
   */
  walk(rows) {
    const { at } = this.#table;
    const { min = 0, max = 0 } = this.uplot.scales.x ?? {};
    const first = at.filter((time) => time < min).length;
    const last = at.filter((time) => time <= max).length - 1;
    if (last < first) return;
    const row = Math.min(last, Math.max(first, (this.uplot.cursor.idx ?? last + 1) + rows));
    const left = this.uplot.valToPos(at[row] ?? 0, "x");
    /** @type {any} */ (this.uplot).setCursor({ left, top: 0 }, true, true); // the last tells the other charts, which its types do not know
  }

  /** The moment under the cursor, null if it is not here. */
  get moment() {
    const { idx } = this.uplot.cursor;
    return typeof idx === "number" ? (this.#table.at[idx] ?? null) : null;
  }

  /** The cursor goes, from all charts. */
  leave() {
    /** @type {any} */ (this.uplot).setCursor({ left: OUTSIDE_PX, top: OUTSIDE_PX }, true, true);
  }

  destroy() {
    this.uplot.destroy();
  }

  /**
   * @param {Formatter} format
   * @returns {Omit<uPlot.Options, "width" | "height">}
   */
  #options(format) {
    const { heat, isCrowded, lines } = this.#spec;
    const { onReset, onCursor, onNear } = this.#events;
    return {
      ...chartOptions(this.#spec, chartColours, format, () => this.#top),
      focus: { alpha: FADED },
      cursor: {
        y: false,
        points: heat ? { show: false } : { size: 6 },
        focus: {
          prox: isCrowded ? NEAR_PX : -1,
          dist: (_, series, __, value, pointer) => (series > lines.length ? Infinity : value - pointer),
        },
        drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG_PX },
        sync: { key: CURSOR, scales: ["x", null], setSeries: false, filters: { pub: isSynchronised, sub: isSynchronised } },
        bind: { dblclick: () => () => (onReset(), null) },
      },
      hooks: {
        setSelect: [() => this.#onSelect()],
        setCursor: [onCursor],
        drawClear: [(u) => this.#paintHeat(u)],
        setSeries: [(_, series, change) => "focus" in change && onNear(series === null ? -1 : series - 1)],
      },
    };
  }

  /** @returns {any} what uPlot calls aligned data */
  #data() {
    const { lines, spread } = this.#spec;
    const { at, columns } = this.#table;
    const unknown = () => at.map(() => null);
    const found = lines.map(({ key }) => columns.get(key));
    const means = found.map((column) => column?.mean ?? unknown());
    const banded = [...(hasBands(this.#spec) ? found : []), ...(spread === undefined ? [] : [columns.get(spread)])];
    return [at, ...means, ...banded.flatMap((column) => [column?.max ?? unknown(), column?.min ?? unknown()])];
  }

  /** @param {uPlot} u */
  #paintHeat(u) {
    const { min, max } = u.scales.x ?? {};
    if (!this.#spec.heat || !this.#table.at.length || min === undefined || max === undefined || min === null || max === null) return;
    paintHeat(u, heatCells(this.#table, this.#spec.lines, min, max, heatCount(u)), chartColours().heat);
  }

  #onSelect() {
    const { left, width } = this.uplot.select;
    if (width < LEAST_DRAG_PX) return;
    const [from, to] = [left, left + width].map((pixel) => this.uplot.posToVal(pixel, "x"));
    this.uplot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#events.onZoom(from ?? 0, to ?? 0);
  }
}

/** @param {string} type of a mouse event: a drag is the business of one chart */
function isSynchronised(type) {
  return SYNCHRONISED.has(type);
}
