import uPlot from "../vendor/uplot/uPlot.esm.js";
import { heatCells, heatCount, paintHeat } from "./chart-heat.js";
import { chartOptions, edgesOf, hasBands } from "./chart-options.js";
import { ChartReadout } from "./chart-readout.js";
import { chartColours } from "./chart-theme.js";
import { ChartTouch } from "./chart-touch.js";
import { element, setAttribute } from "./dom.js";
import { look } from "./look.js";

/** @import { Table } from "./chart-columns.js" */
/** @import { ChartGroup, Range } from "./chart-group.js" */
/** @import { ChartSpec } from "./chart-options.js" */
/** @import { Formatter } from "./format.js" */

/** All charts of the page have one cursor. */
const CURSOR = "vedette";
const SYNCHRONISED = new Set(["mousemove", "mouseleave"]);
/** A shorter drag is a click. */
const LEAST_DRAG_PX = 6;
const HEIGHT_REM = 9.375;
/** Where many lines are, one this near to the pointer stands out. */
const NEAR_PX = 24;
const FADED = 0.2;

/** A line chart over time. This is the only module that knows uPlot. */
export class Chart {
  element = element("figure", "chart");
  spec;
  /** Whether it is within view; what is not need not be drawn. */
  isSeen = true;

  #group;
  #format;
  #plot = element("div", "chart-plot");
  #readout;
  /** @type {uPlot} */
  #uplot;
  #resized;
  #unlisten;
  /** @type {Table | null} */
  #table = null;
  /** @type {number | null} */
  #top = null;
  /** Of the text size that it was made for. */
  #remPx = 0;

  /**
   * @param {ChartSpec} spec
   * @param {ChartGroup} group the charts that show the same time
   * @param {Formatter} format
   */
  constructor(spec, group, format) {
    this.spec = spec;
    this.#group = group;
    this.#format = format;
    this.#readout = new ChartReadout(spec, format, this.#plot, (line) => this.#toggle(line));
    this.element.dataset.chart = spec.id;
    this.element.dataset.unit = spec.unit;
    this.element.dataset.family = spec.family;
    const title = element("h3", "chart-title", spec.title);
    if (spec.instance !== undefined) title.append(" ", element("bdi", "", spec.instance));
    title.title = title.textContent ?? "";
    this.element.append(element("figcaption", "chart-head", title, this.#readout.legend.element), this.#plot);
    setAttribute(this.#plot, "role", "img");
    this.#plot.tabIndex = 0;
    this.#plot.addEventListener("keydown", (event) => this.#onKey(event));
    this.#uplot = this.#made();
    this.#resized = new ResizeObserver(([entry]) => entry && this.#resize(entry.contentRect.width));
    this.#resized.observe(this.#plot);
    this.#unlisten = look().changed.listen(() => this.#onLook());
    this.#readout.attach(this.#uplot);
  }

  /**
   * @param {Table} table has the columns of all lines
   * @param {Range} range
   * @param {number | null} top end of the scale, if it is known beforehand
   */
  show(table, [min, max], top) {
    this.#table = table;
    this.#top = top;
    this.#uplot.setData(/** @type {uPlot.AlignedData} */ (this.#data(table)), false);
    this.#uplot.setScale("x", { min, max });
    this.#readout.show(table);
  }

  destroy() {
    this.#unlisten();
    this.#resized.disconnect();
    this.#uplot.destroy();
    this.element.remove();
  }

  #made() {
    this.#remPx = look().remPx;
    const made = new uPlot(this.#options(), this.#data({ at: [], columns: new Map() }), this.#plot);
    new ChartTouch(made);
    return made;
  }

  /** In other colours it is drawn again; for another text size it is made anew: uPlot keeps its fonts. */
  #onLook() {
    if (look().remPx === this.#remPx) return this.#uplot.redraw(false, true);
    const { min, max } = this.#uplot.scales.x ?? {};
    const hidden = this.spec.lines.flatMap((_, line) => (this.#uplot.series[1 + line]?.show ? [] : [line]));
    this.#uplot.destroy();
    this.#uplot = this.#made();
    for (const line of hidden) this.#toggle(line);
    this.#readout.attach(this.#uplot);
    if (this.#table && typeof min === "number" && typeof max === "number") this.show(this.#table, [min, max], this.#top);
  }

  /** @returns {uPlot.Options} */
  #options() {
    return {
      ...chartOptions(this.spec, chartColours, this.#format, () => this.#top),
      width: Math.max(1, this.#plot.clientWidth),
      height: this.#height,
      focus: { alpha: FADED },
      cursor: {
        y: false,
        points: this.spec.heat ? { show: false } : { size: 6 },
        focus: {
          prox: this.spec.isCrowded ? NEAR_PX : -1,
          dist: (_, series, __, value, pointer) => (series > this.spec.lines.length ? Infinity : value - pointer),
        },
        drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG_PX },
        sync: { key: CURSOR, scales: ["x", null], setSeries: false, filters: { pub: isSynchronised, sub: isSynchronised } },
        bind: { dblclick: () => () => (this.#group.live(), null) },
      },
      hooks: {
        setSelect: [() => this.#onSelect()],
        setCursor: [() => this.#readout.describe()],
        drawClear: [(u) => this.#paintHeat(u)],
        setSeries: [(_, series, change) => "focus" in change && this.#readout.point(series === null ? -1 : series - 1)],
      },
    };
  }

  /**
   * @param {Table} table
   * @returns {any} what uPlot calls aligned data
   */
  #data({ at, columns }) {
    const { lines } = this.spec;
    const unknown = () => at.map(() => null);
    const found = lines.map(({ key }) => columns.get(key));
    const means = found.map((column) => column?.mean ?? unknown());
    const edges = hasBands(this.spec) ? found.flatMap((column) => [column?.max ?? unknown(), column?.min ?? unknown()]) : [];
    const spread = this.spec.spread === undefined ? [] : [columns.get(this.spec.spread)];
    return [at, ...means, ...edges, ...spread.flatMap((column) => [column?.max ?? unknown(), column?.min ?? unknown()])];
  }

  /** @param {uPlot} u */
  #paintHeat(u) {
    const { min, max } = u.scales.x ?? {};
    if (!this.spec.heat || !this.#table || min === undefined || max === undefined || min === null || max === null) return;
    paintHeat(u, heatCells(this.#table, this.spec.lines, min, max, heatCount(u)), chartColours().heat);
  }

  get #height() {
    return this.spec.heightPx ?? Math.round(HEIGHT_REM * this.#remPx);
  }

  #onSelect() {
    const { left, width } = this.#uplot.select;
    if (width < LEAST_DRAG_PX) return;
    const [from, to] = [left, left + width].map((pixel) => this.#uplot.posToVal(pixel, "x"));
    this.#uplot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#group.zoom(from ?? 0, to ?? 0);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const at = this.#table?.at ?? [];
    if (!direction || !at.length || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const row = Math.min(at.length - 1, Math.max(0, (this.#uplot.cursor.idx ?? at.length) + direction));
    const left = this.#uplot.valToPos(at[row] ?? 0, "x");
    /** @type {any} */ (this.#uplot).setCursor({ left, top: 0 }, true, true); // the last tells the other charts, which its types do not know
  }

  /**
   * @param {number} line
   * @returns {boolean} whether it is shown now
   */
  #toggle(line) {
    const count = this.spec.lines.length;
    const show = !this.#uplot.series[1 + line]?.show;
    const edges = hasBands(this.spec) ? edgesOf(count, line) : [];
    this.#uplot.batch(() => [1 + line, ...edges].forEach((series) => this.#uplot.setSeries(series, { show })));
    return show;
  }

  /** @param {number} width */
  #resize(width) {
    if (width > 0 && width !== this.#uplot.width) this.#uplot.setSize({ width, height: this.#height });
  }
}

/** @param {string} type of a mouse event: a drag is the business of one chart */
function isSynchronised(type) {
  return SYNCHRONISED.has(type);
}
