import { closer } from "./chart-group.js";
import { ChartPlot } from "./chart-plot.js";
import { ChartReadout } from "./chart-readout.js";
import { element } from "./dom.js";
import { look } from "./look.js";

/** @import { ChartGroup } from "./chart-group.js" */
/** @import { ChartSpec } from "./chart-options.js" */
/** @import { Formatter } from "./format.js" */

const HEIGHT_REM = 9.375;

/**
 * A line chart over time: a frame with its title and the values in words, which is cheap and takes its full room at once, and a plot,
 * which takes some milliseconds to make.
 */
export class Chart {
  element = element("figure", "chart");
  spec;
  /** Whether it is within view; what is not need not be drawn. */
  isSeen = false;

  #group;
  #format;
  #place = element("div", "chart-plot");
  #readout;
  /** @type {ChartPlot | null} */
  #plot = null;
  /** What keys do while the chart has the focus. @type {Record<string, () => void>} */
  #keys = {
    ArrowLeft: () => this.#plot?.walk(-1),
    ArrowRight: () => this.#plot?.walk(1),
    Home: () => this.#plot?.walk(-Infinity),
    End: () => this.#plot?.walk(Infinity),
    "+": () => this.#zoom(),
    "-": () => this.#group.back(),
  };
  #resized;
  #unlisten;
  /** @type {Parameters<ChartPlot["show"]> | null} */
  #shown = null;
  #hidden;
  /** In pixels; 0 until it is known. */
  #width = 0;
  /** Of the text size that it was made for. */
  #remPx = 0;

  /**
   * @param {ChartSpec} spec
   * @param {ChartGroup} group the charts that show the same time
   * @param {Formatter} format
   * @param {(chart: Chart) => void} [onReady] it has its place and can be plotted; without it is, at once
   * @param {Set<string>} [hidden] keys of lines that somebody does not want to see; kept by who makes such a chart again and again
   */
  constructor(spec, group, format, onReady = () => this.plot(), hidden = new Set()) {
    this.spec = spec;
    this.#hidden = hidden;
    this.#group = group;
    this.#format = format;
    this.#readout = new ChartReadout(spec, format, this.#place, { hidden, toggle: (line) => this.#toggle(line) });
    this.element.dataset.chart = spec.id;
    this.element.dataset.unit = spec.unit;
    this.element.dataset.family = spec.family;
    const title = element("h3", "chart-title", spec.title);
    if (spec.instance !== undefined) title.append(" ", element("bdi", "", spec.instance));
    title.title = title.textContent ?? "";
    this.element.append(element("figcaption", "chart-head", title, this.#readout.legend.element), this.#place);
    this.#place.tabIndex = 0;
    this.#place.addEventListener("keydown", (event) => this.#onKey(event));
    this.#place.addEventListener("blur", () => this.#place.matches(":hover") || this.#plot?.leave());
    this.#resized = new ResizeObserver(([entry]) => entry && this.#onWidth(entry.contentRect.width, onReady));
    this.#resized.observe(this.#place);
    this.#unlisten = look().changed.listen(() => this.#onLook());
  }

  /** Whether `plot` is to be called. */
  get isReady() {
    return !this.#plot && this.#width > 0;
  }

  /** @param {Parameters<ChartPlot["show"]>} shown */
  show(...shown) {
    this.#shown = shown;
    this.#plot?.show(...shown);
    this.#readout.show(shown[0]);
  }

  /** Make what takes long. */
  plot() {
    this.#remPx = look().remPx;
    const frame = { place: this.#place, width: this.#width, height: this.#height };
    this.#plot = new ChartPlot(this.spec, this.#format, frame, {
      onZoom: (from, to) => this.#group.zoom(from, to),
      onReset: () => this.#group.live(),
      onCursor: () => this.#readout.describe(),
      onNear: (line) => this.#readout.point(line),
    });
    for (const [line, { key }] of this.spec.lines.entries()) if (this.#hidden.has(key)) this.#plot.toggle(line, false);
    this.#readout.attach(this.#plot.uplot);
    if (this.#shown) this.#plot.show(...this.#shown);
  }

  destroy() {
    this.#unlisten();
    this.#resized.disconnect();
    this.#plot?.destroy();
    this.element.remove();
  }

  get #height() {
    return this.spec.heightPx ?? Math.round(HEIGHT_REM * look().remPx);
  }

  /**
   * @param {number} width
   * @param {(chart: Chart) => void} onReady
   */
  #onWidth(width, onReady) {
    if (width <= 0) return;
    this.#width = width;
    if (this.#plot) this.#plot.resize(width, this.#height);
    else onReady(this);
  }

  /** In other colours it is drawn again; for another text size it is made anew: uPlot keeps its fonts. */
  #onLook() {
    if (!this.#plot) return;
    if (look().remPx === this.#remPx) return this.#plot.redraw();
    this.#plot.destroy();
    this.plot();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const act = this.#keys[event.key];
    if (!act || !this.#shown?.[0].at.length || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    act();
    this.#readout.say();
  }

  #zoom() {
    const range = this.#shown?.[1];
    if (range) this.#group.zoom(...closer(range, this.#plot?.moment ?? (range[0] + range[1]) / 2));
  }

  /**
   * @param {number} line
   * @returns {boolean} whether it is shown now
   */
  #toggle(line) {
    const key = this.spec.lines[line]?.key ?? "";
    const isShown = this.#hidden.delete(key);
    if (!isShown) this.#hidden.add(key);
    this.#plot?.toggle(line, isShown);
    return isShown;
  }
}
