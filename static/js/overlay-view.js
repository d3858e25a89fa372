import { ChartGroup } from "./chart-group.js";
import { Chart } from "./chart.js";
import { button, element, setText } from "./dom.js";
import { courseOf } from "./field-course.js";
import { Hold } from "./hold.js";
import { intervalOf } from "./interval.js";
import { MetricSelect, chooseMetric, metricNamed } from "./metric-select.js";
import { OverlayColumns } from "./overlay-columns.js";
import { ONLY_PAST, lineName, linesText } from "./overlay-lines.js";
import { MOST_LINES, OverlayRanking } from "./overlay-ranking.js";

/** @import { Choice } from "./choice.js" */
/** @import { Field } from "./fields.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Shown } from "./selection.js" */
/** @import { Services } from "./services.js" */
/** @import { Column, HostSeries } from "./series.js" */
/** @import { Unit } from "./units.js" */

const WINDOW_S = 600;
const STEP_S = 2;
/** As high as the window lets it be, within bounds. */
const HEIGHT_RATIO = 0.55;
const LEAST_HEIGHT_PX = 240;
const MOST_HEIGHT_PX = 720;
/** The past of all hosts is read for so many; of more only those with a line have one. */
const MOST_READ = 100;
const SPREAD = "\nall";

/** One metric of many hosts on one chart. */
export class OverlayView {
  element = element("section", "overlay");

  #services;
  #select;
  #note = element("p", "overlay-note");
  #live = button("quiet-button", "Back to now", () => this.#group.live());
  #place = element("div", "overlay-chart");
  #group = new ChartGroup(WINDOW_S);
  #hold = new Hold(this.#place, ".overlay-chart");
  #ranking = new OverlayRanking(() => this.#isHeld);
  /** @type {Chart | null} */
  #chart = null;
  /** @type {Field} */
  #field = metricNamed("");
  #columns = new OverlayColumns(STEP_S, WINDOW_S / STEP_S);
  /** @type {Set<string>} */
  #ids = new Set();
  /** What these hosts were chosen by; null while the fleet is still being read. @type {Choice | null} */
  #choice = null;
  /** Hosts that are to be shown as soon as nobody reads here. @type {Shown | null} */
  #next = null;
  /** What the chart's lines are and are called. */
  #drawn = "";
  /** Hosts whose last minutes were asked for. @type {Set<string>} */
  #asked = new Set();
  /** Hosts whose lines somebody does not want to see. @type {Set<string>} */
  #hidden = new Set();
  /** Whether something may have been missed. */
  #missed = false;
  #problem = "";
  #isStale = false;
  #shownAt = 0;
  /** What is drawn while the chart is held, and up to when. @type {{columns: OverlayColumns, until: number} | null} */
  #held = null;

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
    this.#select = new MetricSelect("Metric", (metric) => chooseMetric(services, metric));
    this.element.append(element("h2", "visually-hidden", "Overlay"), element("div", "view-tools", this.#select.element, this.#live, this.#note), this.#place);
    this.#group.changed.listen(() => this.#onGroup());
    services.session.joined.listen(() => (this.#missed = true));
  }

  /**
   * @param {Shown} shown
   * @param {Choice} choice
   * @param {number} now the hub's clock, in seconds
   */
  arrange(shown, choice, now) {
    const isAsked = choice !== this.#choice;
    this.#choice = this.#services.store.complete ? choice : null;
    this.#next = !isAsked && this.#isHeld ? shown : null;
    if (this.#next) return this.#keep(now);
    const field = metricNamed(choice.metric);
    if (field !== this.#field) this.#forget(field);
    this.#catchUp(now);
    this.#ids = new Set(shown.groups.flatMap(({ entries }) => entries.map(({ id }) => id)));
    this.#columns.keep(this.#ids);
    this.#select.show(field.name);
    for (const id of this.#ids) this.#put(id, now);
    this.#ranking.arrange(this.#ids, (id) => this.#rankOf(id, now), now);
    this.#showLines();
    this.#show(now);
  }

  /**
   * @param {Map<string, HostView | undefined>} changes what each changed host was before
   * @param {number} now the hub's clock, in seconds
   */
  draw(changes, now) {
    for (const id of changes.keys()) if (this.#ids.has(id)) this.#put(id, now);
    if (this.#catchUp(now)) void this.#fill();
    if (this.#isStale) this.#show(now);
  }

  /** @param {number} now the hub's clock, in seconds */
  tick(now) {
    if (this.#next && this.#choice && !this.#isHeld) return this.arrange(this.#next, this.#choice, now);
    if (this.#ranking.tick((id) => this.#rankOf(id, now), now)) this.#showLines();
    this.#show(now);
  }

  /** Whether somebody reads here. */
  get #isHeld() {
    return !this.#group.isLive || this.#hold.isOn;
  }

  /**
   * The hosts stay that are shown, with what came of them.
   * @param {number} now
   */
  #keep(now) {
    for (const id of this.#ids) this.#put(id, now);
    if (this.#catchUp(now)) void this.#fill();
    this.#show(now);
  }

  /**
   * What came while nobody looked at this view, or while the page was away, would look like a gap: it is asked for.
   * @param {number} now
   * @returns {boolean} whether there is such a time
   */
  #catchUp(now) {
    const wasAway = this.#columns.wereLeft(now) || this.#missed;
    this.#missed = false;
    if (wasAway) this.#asked.clear();
    return wasAway;
  }

  /** @param {Field} field */
  #forget(field) {
    this.#field = field;
    this.#columns = new OverlayColumns(STEP_S, WINDOW_S / STEP_S);
    if (this.#held) this.#held.columns = this.#columns.hold(this.#held.until);
    this.#asked.clear();
    this.#ranking.forget();
    this.#chart?.destroy();
    this.#chart = null;
  }

  /**
   * @param {string} id
   * @param {number} now
   */
  #put(id, now) {
    const host = this.#services.store.get(id);
    const value = this.#valueOf(host, now);
    if (host?.sample && value !== null) this.#columns.put(id, host.sample.at, value);
  }

  /**
   * @param {HostView | undefined} host
   * @param {number} now
   */
  #valueOf(host, now) {
    const value = host?.status === "up" ? this.#field.of(host, now) : null;
    return typeof value === "number" ? value : null;
  }

  /** A chart with these lines, from what the hub remembers on. */
  #showLines() {
    const lines = this.#ranking.lines.map((key) => ({ key, ...lineName(this.#services.store.get(key)) }));
    const drawn = JSON.stringify(lines);
    if (drawn !== this.#drawn || !this.#chart) this.#replaceChart(lines);
    this.#drawn = drawn;
    void this.#fill();
  }

  /**
   * @param {string} id
   * @param {number} now
   */
  #rankOf(id, now) {
    const host = this.#services.store.get(id);
    const hasPast = host?.sample && now - host.sample.at < WINDOW_S && typeof this.#field.of(host, now) === "number";
    return this.#valueOf(host, now) ?? (hasPast ? ONLY_PAST : null);
  }

  /** @param {import("./chart-options.js").Line[]} lines */
  #replaceChart(lines) {
    const { format } = this.#services;
    this.#chart?.destroy();
    const top = this.#field.unit === "ratio" ? 1 : null;
    const unit = /** @type {Unit} */ (this.#field.unit);
    const heightPx = Math.round(Math.min(MOST_HEIGHT_PX, Math.max(LEAST_HEIGHT_PX, innerHeight * HEIGHT_RATIO)));
    const spec = { id: "overlay", family: "overlay", title: this.#field.label, unit, lines, top, spread: SPREAD, isCrowded: true, heightPx };
    this.#chart = new Chart(spec, this.#group, format, undefined, this.#hidden);
    this.#place.replaceChildren(this.#chart.element);
  }

  /** What the hub remembers. */
  async #fill() {
    const { metrics } = this.#field;
    const wanted = this.#ids.size > MOST_READ ? this.#ranking.lines : [...this.#ids];
    const hosts = wanted.filter((id) => !this.#asked.has(id));
    if (!metrics || !hosts.length || !this.#services.session.isJoined) return;
    const [field, columns] = [this.#field, this.#columns];
    for (const id of hosts) this.#asked.add(id);
    try {
      const found = await this.#services.series.read(hosts, [...metrics], { points: WINDOW_S / STEP_S });
      this.#problem = "";
      for (const [id, series] of found) this.#fillFrom(id, series, field, columns);
    } catch (error) {
      for (const id of hosts) this.#asked.delete(id);
      this.#problem = error instanceof Error ? error.message : String(error);
    }
    this.#again();
  }

  /** A chart that is held draws what there was then, however long it is held. */
  #onGroup() {
    const { isLive } = this.#group;
    if (isLive) this.#columns.release();
    if (isLive) this.#held = null;
    else this.#held ??= { columns: this.#columns.hold(this.#shownAt), until: this.#shownAt };
    this.#again();
  }

  /** What is drawn does not wait for the next second. */
  #again() {
    this.#isStale = true;
    this.#services.redraw();
  }

  /**
   * @param {string} id
   * @param {HostSeries} series
   * @param {Field} field that was asked for
   * @param {OverlayColumns} columns
   */
  #fillFrom(id, series, field, columns) {
    const host = this.#services.store.get(id);
    if (host) columns.fill(id, series.at, courseOf(field, host, series));
  }

  /** @param {number} now */
  #show(now) {
    this.#isStale = false;
    this.#shownAt = now;
    this.#live.hidden = this.#group.isLive;
    setText(this.#note, this.#noteText());
    if (!this.#chart || this.element.hidden) return;
    const { columns: known, until } = this.#held ?? { columns: this.#columns, until: now };
    const intervals = /** @type {[string, number][]} */ ([...this.#ids].map((id) => [id, this.#intervalOf(id)]));
    /** @type {Map<string, any>} */
    const columns = new Map();
    for (const id of this.#ranking.lines) columns.set(id, columnOf(known.course(id, until, this.#intervalOf(id))));
    columns.set(SPREAD, { ...known.spread(intervals, until), mean: [] });
    this.#chart.show({ at: known.moments(until), columns }, this.#group.range(now), this.#field.unit === "ratio" ? 1 : null);
  }

  #noteText() {
    const counts = { lines: this.#ranking.lines.length, hosts: this.#ids.size, most: MOST_LINES };
    const which = linesText(counts, this.#field.label, this.#services.format);
    const since = this.#ids.size > MOST_READ ? ", as far as this page has seen them" : "";
    return [`${which}. Shaded: from the least to the most of all${since}.`, this.#problem].filter(Boolean).join(" ");
  }

  /** @param {string} id */
  #intervalOf(id) {
    const host = this.#services.store.get(id);
    return host ? intervalOf(host) : 1;
  }
}

/**
 * @param {import("./overlay-columns.js").Course} course
 * @returns {Column}
 */
function columnOf(course) {
  const mean = /** @type {import("./series.js").Values} */ (course); // uPlot draws on where a value is undefined
  return { min: mean, mean, max: mean };
}
