import { scaleFor } from "./colour-scale.js";
import { ageText, statusText } from "./describe.js";
import { element } from "./dom.js";
import { heatContent, isStale, mostOf } from "./heat-content.js";
import { HeatGrid } from "./heat-grid.js";
import { HeatLegend } from "./heat-legend.js";
import { HeatTooltip } from "./heat-tooltip.js";
import { isLate } from "./interval.js";
import { MetricSelect, chooseMetric, metricNamed } from "./metric-select.js";
import { shortText } from "./units.js";

/** @import { Choice } from "./choice.js" */
/** @import { Scale } from "./colour-scale.js" */
/** @import { Field } from "./fields.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Shown } from "./selection.js" */
/** @import { Services } from "./services.js" */

/** Stands for a host's id in an address. */
const ANY_HOST = "any-host";
/** The longest value that fits the smaller cells, as `100%`. */
const SHORT_UNITS = ["ratio", "number"];

/** One cell a host, coloured by a metric. */
export class HeatView {
  element = element("section", "heat");

  #services;
  #select;
  #legend = new HeatLegend();
  #tooltip = new HeatTooltip();
  #grid;
  /** @type {Set<string>} */
  #ids = new Set();
  /** @type {Field} */
  #field = metricNamed("");
  /** @type {Scale} */
  #scale = scaleFor("ratio", 1);
  /** @type {HTMLElement | null} */
  #pointed = null;
  #misfits = true;

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
    this.#select = new MetricSelect("Colour by", (metric) => chooseMetric(services, metric));
    this.#grid = new HeatGrid(services.format, (cell) => this.#point(cell));
    this.element.append(element("div", "view-tools", this.#select.element, this.#legend.element), this.#grid.element, this.#tooltip.element);
    new ResizeObserver(() => this.#onResize()).observe(this.element);
    addEventListener("resize", () => this.#onResize());
    addEventListener("scroll", () => this.#tooltip.hide(), { passive: true });
    addEventListener("keydown", (event) => this.#onKey(event), { capture: true });
  }

  /**
   * @param {Shown} shown
   * @param {Choice} choice
   * @param {number} now the hub's clock, in seconds
   */
  arrange(shown, choice, now) {
    const field = metricNamed(choice.metric);
    const isOther = field !== this.#field;
    this.#field = field;
    this.#ids = new Set(shown.groups.flatMap(({ entries }) => entries.map(({ id }) => id)));
    this.#select.show(field.name);
    const address = this.#services.choices.link({ host: ANY_HOST }); // to make one for each of thousands takes too long
    this.#grid.arrange(shown.groups, (id) => address.replace(ANY_HOST, id));
    this.#misfits = true;
    this.#scale = this.#newScale(now, isOther ? null : this.#scale);
    this.#paintAll(now);
  }

  /**
   * @param {Map<string, HostView | undefined>} changes what each changed host was before
   * @param {number} now the hub's clock, in seconds
   */
  draw(changes, now) {
    this.#fit();
    for (const id of changes.keys()) if (this.#ids.has(id)) this.#paint(id, now);
  }

  /** @param {string} id of a host */
  focus(id) {
    this.#grid.cellsOf(id)[0]?.element.focus();
  }

  /** @param {number} now the hub's clock, in seconds */
  tick(now) {
    const scale = this.#newScale(now, this.#scale);
    const isTime = this.#field.unit === "seconds";
    if (scale !== this.#scale || isTime) {
      this.#scale = scale;
      this.#paintAll(now);
    } else this.#paintLate(now);
    this.#showTooltip(now);
  }

  /** @param {number} now */
  #paintAll(now) {
    this.#fit();
    this.#legend.show(this.#field.label, this.#scale, (value) => this.#text(value));
    for (const id of this.#ids) this.#paint(id, now);
  }

  /**
   * Those from which nothing came.
   * @param {number} now
   */
  #paintLate(now) {
    for (const id of this.#ids) {
      const host = this.#services.store.get(id);
      if (host && isStale(host, this.#field, now)) this.#paint(id, now);
    }
  }

  /**
   * @param {string} id
   * @param {number} now
   */
  #paint(id, now) {
    const host = this.#services.store.get(id);
    if (!host) return;
    const content = heatContent(host, this.#field, this.#scale, now, this.#services.format);
    for (const cell of this.#grid.cellsOf(id)) cell.show(content);
    if (this.#pointed?.dataset.host === id) this.#showTooltip(now);
  }

  /**
   * @param {number} now
   * @param {Scale | null} before
   */
  #newScale(now, before) {
    const hosts = [...this.#ids].map((id) => this.#services.store.get(id));
    return scaleFor(this.#field.unit, mostOf(hosts, this.#field, now), before);
  }

  /** @param {number} value */
  #text(value) {
    return shortText(this.#field.unit, value, this.#services.format);
  }

  /**
   * Wherever the focus is, and before the page itself takes Escape: only what is innermost goes.
   * @param {KeyboardEvent} event
   */
  #onKey(event) {
    if (event.key !== "Escape" || document.querySelector("dialog[open], :popover-open")) return;
    if (!this.#tooltip.hide()) return;
    this.#pointed = null; // until another cell is pointed at
    event.preventDefault();
  }

  #onResize() {
    this.#misfits = true;
    this.#services.redraw();
  }

  #fit() {
    if (!this.#misfits || !this.element.isConnected) return;
    this.#misfits = false;
    this.#grid.fit(!SHORT_UNITS.includes(this.#field.unit));
  }

  /** @param {HTMLElement | null} cell */
  #point(cell) {
    this.#pointed = cell;
    const { store, platform } = this.#services;
    this.#showTooltip(store.hubTime(platform.now()));
  }

  /** @param {number} now */
  #showTooltip(now) {
    const host = this.#pointed?.isConnected ? this.#services.store.get(this.#pointed.dataset.host ?? "") : undefined;
    if (!this.#pointed || !host) return void this.#tooltip.hide();
    const value = this.#field.of(host, now);
    const text = typeof value === "number" ? this.#text(value) : "no value";
    const { format } = this.#services;
    const isPast = host.sample && (host.status !== "up" || isLate(host, now));
    const age = isPast ? ` · sample ${ageText(host, now, format)}` : "";
    this.#tooltip.show(this.#pointed, { name: host.name, value: `${this.#field.label} ${text}`, status: statusText(host, now, format) + age });
  }
}
