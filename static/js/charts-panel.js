import { Chart } from "./chart.js";
import { fixedTop } from "./chart-options.js";
import { chartTable, chartsFor } from "./charts.js";
import { arrange, button, element, setText } from "./dom.js";

/** @import { ChartSpec } from "./chart-options.js" */
/** @import { HostContext } from "./host-panels.js" */

/** So many charts of one family are shown at first: a host with fifty interfaces has its disks on the same screen. */
const MOST_OF_FAMILY = 4;
/** Charts a little out of sight are drawn too. */
const MARGIN = "200px";
/** In one frame, for making plots and for charts out of sight: the others come with the next. One is made in any case. */
const BY_AND_BY_MS = 6;

/** All charts of the host. */
export class ChartsPanel {
  element = element("section", "charts");

  #context;
  #grid = element("div", "chart-grid");
  #note = element("p", "charts-note");
  /** @type {Map<string, Chart>} */
  #charts = new Map();
  /** @type {Map<Element, Chart>} */
  #byElement = new Map();
  /** Whether a chart has something to draw. */
  #stale = true;
  /** Charts that may be out of sight, for which there is more to see than one more sample. @type {Set<Chart>} */
  #late = new Set();
  #keys = "";
  /** @type {Set<string>} */
  #expanded = new Set();
  #seen = new IntersectionObserver((entries) => this.#onSeen(entries), { rootMargin: MARGIN });

  /** @param {HostContext} context */
  constructor(context) {
    this.#context = context;
    this.element.setAttribute("aria-label", "charts");
    this.element.append(element("h2", "visually-hidden", "Charts"), this.#note, this.#grid);
    context.live.changed.listen((what) => {
      if (what === "past") this.#order();
      else if (context.group.isLive) this.#want(); // charts that are held stand still
    });
    context.group.changed.listen(() => this.#wantAll());
  }

  open() {
    this.#wantAll();
  }

  close() {
    for (const chart of this.#charts.values()) this.#remove(chart);
    this.#charts.clear();
    this.#late.clear();
    this.#expanded.clear();
    this.#keys = "";
    this.#grid.replaceChildren();
  }

  /**
   * @param {import("./protocol.js").HostView} _host
   * @param {number} now the hub's clock, in seconds
   */
  draw(_host, now) {
    const { live, group, services } = this.#context;
    const keys = live.shown.keys().join("\n");
    if (keys !== this.#keys) this.#build(keys);
    setText(this.#note, services.session.isJoined && (live.problem || !live.isReading) ? noteOf(live.problem, live.shown.length) : "");
    const range = group.range(now);
    if (this.#stale) for (const chart of this.#charts.values()) if (chart.isSeen) this.#show(chart, range);
    this.#stale = false;
    this.#showLate(range);
  }

  /**
   * What takes long, as much of it as there is time for: plots in sight first.
   * @param {import("./chart-group.js").Range} range
   */
  #showLate(range) {
    const until = performance.now() + BY_AND_BY_MS;
    const charts = [...this.#charts.values()].filter((chart) => chart.isReady || this.#late.has(chart));
    for (const chart of charts.sort((one, other) => Number(other.isSeen) - Number(one.isSeen))) {
      if (chart.isReady) chart.plot();
      if (this.#late.has(chart)) this.#show(chart, range);
      if (performance.now() > until) return this.#context.services.redraw();
    }
  }

  /**
   * @param {Chart} chart
   * @param {import("./chart-group.js").Range} range
   */
  #show(chart, range) {
    this.#late.delete(chart);
    const columns = this.#context.live.shown;
    chart.show(chartTable(columns, chart.spec, range[0]), range, fixedTop(chart.spec, (key) => columns.latest(key)));
  }

  /** @param {string} keys of all columns */
  #build(keys) {
    this.#keys = keys;
    const specs = chartsFor(this.#context.live.shown);
    const shown = specs.filter((spec, index) => this.#expanded.has(spec.family) || isFirst(specs, index));
    const before = this.#charts;
    this.#charts = new Map(shown.map((spec) => [spec.id, this.#kept(before.get(spec.id), spec) ?? this.#made(spec)]));
    for (const [id, chart] of before) if (this.#charts.get(id) !== chart) this.#remove(chart);
    this.#wantAll();
    arrange(this.#grid, [...this.#charts.values()].flatMap((chart, index) => [chart.element, ...this.#moreAfter(specs, shown, index)]));
  }

  /**
   * @param {Chart | undefined} chart
   * @param {ChartSpec} spec
   */
  #kept(chart, spec) {
    return chart && sameLines(chart.spec, spec) ? chart : undefined;
  }

  /** @param {ChartSpec} spec */
  #made(spec) {
    const { group, services } = this.#context;
    const chart = new Chart(spec, group, services.format, services.redraw);
    this.#byElement.set(chart.element, chart);
    this.#seen.observe(chart.element);
    return chart;
  }

  /** @param {Chart} chart */
  #remove(chart) {
    this.#seen.unobserve(chart.element);
    this.#byElement.delete(chart.element);
    this.#late.delete(chart);
    chart.destroy();
  }

  /**
   * A button after the last chart of a family that has more.
   * @param {ChartSpec[]} specs
   * @param {ChartSpec[]} shown
   * @param {number} index
   */
  #moreAfter(specs, shown, index) {
    const family = shown[index]?.family ?? "";
    const hidden = specs.filter((spec) => spec.family === family).length - shown.filter((spec) => spec.family === family).length;
    if (!hidden || shown[index + 1]?.family === family) return [];
    const more = button("quiet-button chart-more", `${this.#context.services.format.number(hidden)} more: ${shown[index]?.title}`, () => {
      this.#expanded.add(family);
      this.#keys = "";
      this.#context.services.redraw();
    });
    return [more];
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #onSeen(entries) {
    for (const { target, isIntersecting } of entries) {
      const chart = this.#byElement.get(target);
      if (chart) chart.isSeen = isIntersecting;
    }
    this.#want();
  }

  /** More is known of what is worth seeing first. */
  #order() {
    this.#keys = "";
    this.#wantAll();
  }

  #wantAll() {
    this.#late = new Set(this.#charts.values());
    this.#want();
  }

  #want() {
    this.#stale = true;
    this.#context.services.redraw();
  }
}

/**
 * @param {ChartSpec[]} specs
 * @param {number} index
 */
function isFirst(specs, index) {
  const family = specs[index]?.family;
  return specs.slice(0, index).filter((spec) => spec.family === family).length < MOST_OF_FAMILY;
}

/**
 * @param {ChartSpec} one
 * @param {ChartSpec} other
 */
function sameLines(one, other) {
  return one.lines.map(({ key }) => key).join("\n") === other.lines.map(({ key }) => key).join("\n");
}

/**
 * @param {string} problem
 * @param {number} rows
 */
function noteOf(problem, rows) {
  if (problem) return `${rows ? "Some of the" : "The"} last minutes could not be read, which is tried again: ${problem}`;
  return rows ? "" : "No samples of the last ten minutes.";
}
