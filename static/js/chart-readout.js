import { ChartHeatLegend, largestAt } from "./chart-heat.js";
import { ChartLegend } from "./chart-legend.js";
import { ChartMoment } from "./chart-moment.js";
import { ChartNear } from "./chart-near.js";
import { lineText } from "./chart-options.js";
import { setAttribute } from "./dom.js";
import { isolated } from "./isolated.js";
import { SteadyName } from "./steady-name.js";
import { unitText } from "./units.js";

/** @import uPlot from "uplot" */
/** @import { Table } from "./chart-columns.js" */
/** @import { ChartSpec } from "./chart-options.js" */
/** @import { Formatter } from "./format.js" */

/** Where the cursor is, from 0 on; here as well without one, for then the newest values are said. */
const NEWEST = 100;

/**
 * What a chart says in words: the values under the cursor, or the newest ones, in its legend and to screen readers. To these it is a
 * slider, for that they pass arrow keys on to, and read where those lead.
 */
export class ChartReadout {
  legend;

  #spec;
  #format;
  #plot;
  #words;
  #value;
  #moment = new ChartMoment();
  #near = new ChartNear();
  /** The line that stands out because the pointer is near, -1 for none. */
  #nearLine = -1;
  /** @type {Table | null} */
  #table = null;
  /** @type {uPlot | null} */
  #uplot = null;

  /**
   * @param {ChartSpec} spec
   * @param {Formatter} format
   * @param {HTMLElement} plot what is named
   * @param {import("./chart-legend.js").Choosing} choosing which lines are seen
   */
  constructor(spec, format, plot, choosing) {
    this.#spec = spec;
    this.#format = format;
    this.#plot = plot;
    this.#words = new SteadyName(plot, "aria-valuetext");
    setAttribute(plot, "role", "slider");
    setAttribute(plot, "aria-label", `${[spec.title, spec.instance].filter(Boolean).join(" ")}, chart`);
    setAttribute(plot, "aria-valuemin", "0");
    setAttribute(plot, "aria-valuemax", String(NEWEST));
    this.#value = new SteadyName(plot, "aria-valuenow");
    this.#value.show(String(NEWEST));
    this.legend = spec.heat ? new ChartHeatLegend() : new ChartLegend(spec.lines, choosing);
  }

  /** @param {uPlot} uplot */
  attach(uplot) {
    this.#uplot = uplot;
    uplot.over.append(this.#moment.element);
    if (this.#spec.isCrowded) uplot.over.append(this.#near.element);
    this.show(this.#table);
  }

  /** @param {Table | null} table what the chart draws */
  show(table) {
    this.#table = table;
    this.describe();
  }

  /** @param {number} line */
  point(line) {
    this.#nearLine = line;
    if (this.legend instanceof ChartLegend) this.legend.point(line);
    this.describe();
  }

  /** Somebody who does not see it wants to know. */
  say() {
    this.#value.say();
    this.#words.say();
  }

  /** The cursor has moved. */
  describe() {
    const at = this.#table?.at ?? [];
    const pointed = this.#uplot?.cursor.idx ?? null;
    const row = pointed ?? at.length - 1;
    const said = this.legend instanceof ChartHeatLegend ? this.#describeHeat(this.legend, row) : this.#describeLines(this.legend, row);
    const moment = at[row] === undefined ? "" : this.#format.clock(at[row], true);
    this.#words.show(`${said}${moment && ` at ${moment}`}`);
    this.#value.show(String(pointed === null ? NEWEST : this.#place));
    if (this.#uplot) this.#moment.show(this.#uplot, pointed === null ? "" : moment);
  }

  /** Of the cursor, in pixels and so not of the time: it stays where it is while the time goes on. */
  get #place() {
    const { cursor, bbox } = /** @type {uPlot} */ (this.#uplot);
    return Math.min(NEWEST, Math.max(0, Math.round((NEWEST * (cursor.left ?? 0) * devicePixelRatio) / bbox.width)));
  }

  /**
   * @param {ChartLegend} legend
   * @param {number} row
   */
  #describeLines(legend, row) {
    const { lines } = this.#spec;
    const rows = this.#uplot?.cursor.idxs ?? []; // of a line that goes on where it has no value, the nearest
    const texts = lines.map((_, line) => this.#text(line, rows[1 + line] ?? row));
    legend.show(texts);
    const near = lines[this.#nearLine];
    if (near && this.#uplot) this.#near.show(this.#uplot, near.label, [near.note, texts[this.#nearLine]].filter(Boolean).join(" "));
    else this.#near.hide();
    return lines.map((line, place) => `${lineText(line)} ${texts[place] ?? "unknown"}`).join(", ");
  }

  /**
   * The strip under the cursor, or the one with the largest value.
   * @param {ChartHeatLegend} legend
   * @param {number} row
   */
  #describeHeat(legend, row) {
    const { lines, unit } = this.#spec;
    const pointed = this.#uplot && this.#plot.matches(":hover") ? Math.floor(this.#uplot.posToVal(this.#uplot.cursor.top ?? -1, "y")) : -1;
    const line = lines[pointed];
    const largest = this.#table && largestAt(this.#table, lines, row);
    const busiest = largest ? `busiest: ${isolated(largest.label)}, ${unitText(unit, largest.value, this.#format)}` : "";
    legend.show(line ? `${isolated(line.label)}: ${this.#text(pointed, row) ?? "unknown"}` : busiest);
    return `${this.#format.counted(lines.length, "line")}, ${busiest || "unknown"}`;
  }

  /**
   * @param {number} line
   * @param {number} row
   */
  #text(line, row) {
    const value = this.#table?.columns.get(this.#spec.lines[line]?.key ?? "")?.mean[row] ?? null;
    return value === null ? null : unitText(this.#spec.unit, value, this.#format);
  }
}
