import { ColumnChooser } from "./column-chooser.js";
import { element, setAttribute } from "./dom.js";
import { look } from "./look.js";
import { bucketAt } from "./ring.js";
import { columnsFor } from "./table-columns.js";
import { TableHead } from "./table-head.js";
import { existingLines, linesOf, walk } from "./table-lines.js";
import { ROW_REM, TableRows } from "./table-rows.js";

/** @import { Choice } from "./choice.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Shown } from "./selection.js" */
/** @import { Services } from "./services.js" */
/** @import { Column } from "./table-columns.js" */
/** @import { Line } from "./table-row.js" */
/** @import { Limits } from "./table-rows.js" */

const MARK_REM = 2;
/** Below the table, and as high as it is at least. */
const MARGIN_REM = 1;
const LEAST_REM = 16;
/**
 * For making rows while one scrolls. What the browser does with them takes thrice as long again, and a frame has 16 ms: so few in a frame, as
 * long as they are still out of sight. Where one that is seen is missing, there is a blank place, which is worse than a frame that comes later:
 * what exists is scrolled smoothly by the browser, however long the page takes.
 */
const MAKING = { seenMs: 12, spareMs: 3 };

/** The hosts as a table. Only rows that are seen exist. */
export class TableView {
  element;
  tools;

  #services;
  #head;
  #chooser;
  #rows;
  #body = element("div", "table-body");
  #grid = element("div", "table-grid");
  /** What scrolls. */
  #frame = element("div", "table-frame", this.#grid);
  /** @type {readonly Column[]} */
  #columns = [];
  /** @type {Line[]} */
  #lines = [];
  #range = existingLines(0, ROW_REM, 0, 0);
  /** The first line at the last tick: the same as now if nobody scrolls. */
  #rested = 0;
  #height = 0;
  #isStale = true;
  /** More is known of the last minutes than was drawn. */
  #areCoursesOld = false;
  /** Some rows in sight are still to be made. */
  #isPartial = false;
  /** The ten seconds at whose beginning the courses were drawn last. */
  #bucket = 0;

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
    this.#head = new TableHead(services);
    this.#chooser = new ColumnChooser(services.preferences);
    this.#rows = new TableRows(this.#body, services);
    this.element = element("div", "table-view", this.#frame);
    this.tools = this.#chooser.element;
    const head = element("div", "table-top", this.#head.element);
    for (const group of [head, this.#body]) group.setAttribute("role", "rowgroup");
    this.#grid.append(head, this.#body);
    this.#grid.setAttribute("role", "grid");
    this.#grid.setAttribute("aria-label", "hosts");
    if (services.role === "operator") this.#grid.setAttribute("aria-multiselectable", "true");
    this.#listen();
  }

  /**
   * @param {Shown} shown
   * @param {Choice} choice
   * @param {number} now the hub's clock, in seconds
   */
  arrange(shown, choice, now) {
    const focused = this.#hasFocus && this.#rows.currentRow?.id;
    this.#lines = linesOf(shown);
    this.#setColumns(shown);
    this.#head.show(choice);
    this.#body.style.height = `${this.#lines.length * ROW_REM}rem`;
    setAttribute(this.#grid, "aria-rowcount", String(this.#lines.length + 1));
    this.#fit();
    this.#isStale = true;
    this.#render(now);
    if (focused && !this.#hasFocus) this.focus(focused); // other columns are other rows
  }

  /**
   * @param {Map<string, HostView | undefined>} changes what each changed host was before
   * @param {number} now the hub's clock, in seconds
   */
  draw(changes, now) {
    const { first, end } = this.#wanted();
    const isMoved = first !== this.#range.first || end !== this.#range.end;
    if (this.#isStale || this.#isPartial || isMoved) return this.#render(now, this.#isStale ? undefined : MAKING);
    for (const row of this.#rows.hosts) if (changes.has(row.id)) this.#rows.renew(row, now);
    if (this.#areCoursesOld) for (const row of this.#rows.hosts) row.trend(now);
    this.#areCoursesOld = false;
  }

  /**
   * Let the ages grow.
   * @param {number} now the hub's clock, in seconds
   */
  tick(now) {
    const rows = this.#rows.hosts;
    if (this.#rested === this.#range.first && !this.#isPartial) this.#settle(now);
    this.#rested = this.#range.first;
    this.#services.recent.want(rows.map(({ id }) => id));
    for (const row of rows) this.#rows.renew(row, now);
  }

  /** @param {string} id of a host */
  focus(id) {
    const places = this.#lines.flatMap(({ entry }, place) => (entry?.id === id ? [place] : []));
    this.#go(places.find((place) => this.#lines[place]?.key === this.#rows.current) ?? places[0] ?? -1);
  }

  #listen() {
    const { redraw, marked, recent } = this.#services;
    this.#frame.addEventListener("scroll", redraw, { passive: true });
    new ResizeObserver(() => {
      this.#height = this.#frame.clientHeight;
      redraw();
    }).observe(this.#frame);
    addEventListener("resize", () => this.#fit());
    recent.changed.listen(() => {
      this.#areCoursesOld = true;
      redraw();
    });
    for (const signal of [marked.changed, look().changed])
      signal.listen(() => {
        this.#isStale = true;
        redraw();
      });
    this.#body.addEventListener("keydown", (event) => this.#onKey(event));
    this.#body.addEventListener("click", (event) => this.#onClick(event));
  }

  /** @param {Shown} shown */
  #setColumns({ groups }) {
    const hosts = groups.flatMap(({ entries }) => entries.map(({ host }) => host));
    const columns = columnsFor(this.#chooser.unwanted, hosts);
    if (columns.length === this.#columns.length && columns.every((column, place) => column === this.#columns[place])) return;
    this.#columns = columns;
    this.#head.setColumns(columns);
    this.#rows.setColumns(columns);
    const marks = this.#services.role === "operator" ? [MARK_REM] : [];
    const tracks = columns.map(({ width, share }) => (share ? `minmax(${width}rem, ${share}fr)` : `${width}rem`));
    this.#grid.style.setProperty("--columns", [...marks.map((width) => `${width}rem`), ...tracks].join(" "));
    this.#grid.style.minWidth = `${[...marks, ...columns.map(({ width }) => width)].reduce((sum, width) => sum + width)}rem`;
    setAttribute(this.#grid, "aria-colcount", String(columns.length + marks.length));
  }

  /** The table ends where the window does. */
  #fit() {
    const top = Math.round(this.#frame.getBoundingClientRect().top + scrollY);
    this.#frame.style.maxHeight = `max(${LEAST_REM}rem, calc(100dvh - ${top}px - ${MARGIN_REM}rem))`;
    this.#height = this.#frame.clientHeight;
    // a name that stays in sight costs a layer, so only where one can scroll sideways
    this.#frame.toggleAttribute("data-sideways", this.#frame.scrollWidth > this.#frame.clientWidth);
  }

  #wanted() {
    return existingLines(this.#lines.length, this.#rowPx, this.#frame.scrollTop, this.#height);
  }

  get #hasFocus() {
    return this.#body.contains(document.activeElement);
  }

  get #rowPx() {
    return ROW_REM * look().remPx;
  }

  /**
   * @param {number} now
   * @param {Limits} [limits] for making rows; what is left over comes with the next frame
   */
  #render(now, limits) {
    this.#range = this.#wanted();
    this.#isPartial = !this.#rows.show(this.#lines, this.#range, now, this.#isStale, limits);
    if (this.#isPartial) this.#services.redraw();
    this.#isStale = false;
    this.#head.showMarked();
    this.#services.recent.want(this.#rows.hosts.map(({ id }) => id));
  }

  /**
   * Nobody scrolls: there is time. Courses go on with the time, of hosts that send nothing as well.
   * @param {number} now
   */
  #settle(now) {
    this.#rows.settle();
    const bucket = bucketAt(now);
    if (bucket === this.#bucket) return;
    this.#bucket = bucket;
    for (const row of this.#rows.hosts) row.trend(now);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const row = this.#rows.currentRow;
    if (!row || event.target !== row.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const { choices, marked, role } = this.#services;
    const here = this.#lines.findIndex(({ key }) => key === this.#rows.current);
    const there = walk(event.key, here, this.#lines, Math.max(1, Math.floor(this.#height / this.#rowPx) - 2));
    if (there !== null) this.#go(there);
    else if (event.key === "Enter") choices.choose({ host: row.id });
    else if (event.key === " " && role === "operator") marked.pick(row.id, event.shiftKey);
    else return;
    event.preventDefault();
  }

  /** @param {number} place */
  #go(place) {
    const line = this.#lines[place];
    if (!line) return;
    const top = this.#frame.scrollTop;
    // the headings lie over the first row
    if (place * this.#rowPx < top) this.#frame.scrollTop = place * this.#rowPx;
    if ((place + 2) * this.#rowPx > top + this.#height) this.#frame.scrollTop = (place + 2) * this.#rowPx - this.#height;
    this.#render(this.#services.store.hubTime(this.#services.platform.now()));
    this.#rows.focus(line.key);
  }

  /** @param {MouseEvent} event */
  #onClick({ target }) {
    if (!(target instanceof Element) || target.closest("a, button, input") || String(getSelection())) return;
    const id = target.closest("[data-host]")?.getAttribute("data-host");
    if (id) this.#services.choices.choose({ host: id });
  }
}
