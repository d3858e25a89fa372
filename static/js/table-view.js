import { arrange, element, setAttribute } from "./dom.js";
import { ColumnChooser } from "./column-chooser.js";
import { look } from "./look.js";
import { columnsFor } from "./table-columns.js";
import { TableHead } from "./table-head.js";
import { existingLines, linesOf, walk } from "./table-lines.js";
import { GroupRow, HostRow } from "./table-row.js";

/** @import { Choice } from "./choice.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Shown } from "./selection.js" */
/** @import { Services } from "./services.js" */
/** @import { Entry } from "./store.js" */
/** @import { Column } from "./table-columns.js" */
/** @import { Line } from "./table-row.js" */

/** All rows are as high as this, which stands in table.css as well. */
const ROW_REM = 2.75;
const MARK_REM = 2;
/** Space below the table, and the least height that is of use. */
const MARGIN_REM = 1;

/** The hosts as a table. Only rows that are seen exist, and they are used again for others while one scrolls. */
export class TableView {
  element = element("div", "table-view");

  #services;
  #head;
  #chooser;
  #body = element("div", "table-body");
  #grid;
  /** What scrolls. */
  #frame;
  /** @type {readonly Column[]} */
  #columns = [];
  /** @type {Line[]} */
  #lines = [];
  /** Rows that exist, by the key of their line. @type {Map<string, HostRow | GroupRow>} */
  #rows = new Map();
  /** @type {HostRow[]} */
  #spare = [];
  /** The line that the Tab key reaches. */
  #current = "";
  #range = { first: 0, end: 0 };
  #height = 0;
  #isStale = true;

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
    this.#head = new TableHead(services);
    this.#chooser = new ColumnChooser(services.preferences);
    this.#body.setAttribute("role", "rowgroup");
    const head = element("div", "table-top", this.#head.element);
    head.setAttribute("role", "rowgroup");
    this.#grid = element("div", "table-grid", head, this.#body);
    this.#grid.setAttribute("role", "grid");
    this.#grid.setAttribute("aria-label", "hosts");
    if (services.role === "operator") this.#grid.setAttribute("aria-multiselectable", "true");
    this.#frame = element("div", "table-frame", this.#grid);
    this.tools = this.#chooser.element;
    this.element.append(this.#frame);
    this.#listen();
  }

  /**
   * @param {Shown} shown
   * @param {Choice} choice
   * @param {number} now the hub's clock, in seconds
   */
  arrange(shown, choice, now) {
    this.#lines = linesOf(shown);
    this.#setColumns(shown);
    this.#head.show(choice);
    this.#body.style.height = `${this.#lines.length * ROW_REM}rem`;
    setAttribute(this.#grid, "aria-rowcount", String(this.#lines.length + 1));
    this.#fit();
    this.#isStale = true;
    this.#render(now);
  }

  /**
   * @param {Map<string, HostView | undefined>} changes what each changed host was before
   * @param {number} now the hub's clock, in seconds
   */
  draw(changes, now) {
    const { first, end } = this.#wanted();
    if (this.#isStale || first !== this.#range.first || end !== this.#range.end) return this.#render(now);
    for (const row of this.#rows.values()) if (row instanceof HostRow && changes.has(row.id)) this.#show(row, now);
  }

  /**
   * Let the ages grow.
   * @param {number} now the hub's clock, in seconds
   */
  tick(now) {
    this.#wantRecent();
    for (const row of this.#rows.values()) if (row instanceof HostRow) this.#show(row, now);
  }

  #listen() {
    const { redraw, marked, recent } = this.#services;
    const again = () => {
      this.#isStale = true;
      redraw();
    };
    this.#frame.addEventListener("scroll", redraw, { passive: true });
    new ResizeObserver(() => {
      this.#height = this.#frame.clientHeight;
      redraw();
    }).observe(this.#frame);
    addEventListener("resize", () => this.#fit());
    for (const signal of [marked.changed, recent.changed, look().changed]) signal.listen(again);
    this.#body.addEventListener("keydown", (event) => this.#onKey(event));
    this.#body.addEventListener("focusin", (event) => this.#onFocus(event));
    this.#body.addEventListener("click", (event) => this.#onClick(event));
  }

  /** @param {Shown} shown */
  #setColumns({ groups }) {
    const hosts = groups.flatMap(({ entries }) => entries.map(({ host }) => host));
    const columns = columnsFor(this.#chooser.unwanted, hosts);
    if (columns.length === this.#columns.length && columns.every((column, place) => column === this.#columns[place])) return;
    this.#columns = columns;
    this.#head.setColumns(columns);
    this.#rows.clear();
    this.#spare = [];
    const isOperator = this.#services.role === "operator";
    const tracks = columns.map(({ width, share }) => (share ? `minmax(${width}rem, ${share}fr)` : `${width}rem`));
    this.#grid.style.setProperty("--columns", [...(isOperator ? [`${MARK_REM}rem`] : []), ...tracks].join(" "));
    this.#grid.style.minWidth = `${columns.reduce((sum, { width }) => sum + width, isOperator ? MARK_REM : 0)}rem`;
    setAttribute(this.#grid, "aria-colcount", String(columns.length + (isOperator ? 1 : 0)));
  }

  /** The table ends where the window does. */
  #fit() {
    const top = this.#frame.getBoundingClientRect().top + scrollY;
    this.#frame.style.maxHeight = `max(16rem, calc(100dvh - ${Math.round(top)}px - ${MARGIN_REM}rem))`;
    this.#height = this.#frame.clientHeight;
  }

  #wanted() {
    return existingLines(this.#lines.length, ROW_REM * look().remPx, this.#frame.scrollTop, this.#height);
  }

  /** @param {number} now */
  #render(now) {
    this.#range = this.#wanted();
    const places = Array.from({ length: this.#range.end - this.#range.first }, (_, index) => this.#range.first + index);
    const focused = this.#lines.findIndex(({ key }) => key === this.#focusedKey);
    if (focused >= 0 && !places.includes(focused)) places.push(focused); // what has the focus never goes
    const before = this.#rows;
    this.#rows = new Map();
    const wanted = places.map((place) => ({ place, line: /** @type {Line} */ (this.#lines[place]) }));
    const keys = new Set(wanted.map(({ line }) => line.key));
    for (const [key, row] of before) if (!keys.has(key) && row instanceof HostRow) this.#spare.push(row);
    for (const { place, line } of wanted) this.#rows.set(line.key, this.#place(before.get(line.key) ?? this.#newRow(line), line, place, now));
    arrange(this.#body, wanted.sort((a, b) => a.place - b.place).map(({ line }) => /** @type {HostRow} */ (this.#rows.get(line.key)).element));
    this.#isStale = false;
    this.#reach();
    this.#head.showMarked();
    this.#wantRecent();
  }

  /** @param {Line} line */
  #newRow(line) {
    const row = line.entry ? (this.#spare.pop() ?? new HostRow(this.#columns, this.#services)) : new GroupRow(this.#columns.length + 1);
    row.key = line.key;
    if (row instanceof HostRow) row.reach(false);
    return row;
  }

  /**
   * @param {HostRow | GroupRow} row
   * @param {Line} line
   * @param {number} place
   * @param {number} now
   */
  #place(row, line, place, now) {
    row.element.style.transform = `translateY(${place * ROW_REM}rem)`;
    setAttribute(row.element, "aria-rowindex", String(place + 2));
    if (line.entry && row instanceof HostRow) row.show(this.#newest(line.entry), now);
    if (!line.entry && row instanceof GroupRow) row.show(line.label, line.count);
    return row;
  }

  /**
   * @param {HostRow} row
   * @param {number} now
   */
  #show(row, now) {
    const host = this.#services.store.get(row.id);
    if (host) row.show({ id: row.id, host }, now);
  }

  /** @param {Entry} entry */
  #newest({ id, host }) {
    return { id, host: this.#services.store.get(id) ?? host };
  }

  #wantRecent() {
    const ids = [];
    for (const row of this.#rows.values()) if (row instanceof HostRow) ids.push(row.id);
    this.#services.recent.want(ids);
  }

  /** One row, and what can be pressed in it, is reached by the Tab key. */
  #reach() {
    const row = this.#rows.get(this.#current);
    if (row instanceof HostRow) return row.reach(true);
    if (this.#lines.some(({ key }) => key === this.#current)) return;
    const first = this.#lines.find(({ entry }) => entry);
    this.#current = first?.key ?? "";
    const other = this.#rows.get(this.#current);
    if (other instanceof HostRow) other.reach(true);
  }

  get #focusedKey() {
    const focused = document.activeElement;
    if (!focused || !this.#body.contains(focused)) return null;
    return [...this.#rows].find(([, row]) => row.element.contains(focused))?.[0] ?? null;
  }

  /** @param {FocusEvent} event */
  #onFocus({ target }) {
    const found = [...this.#rows].find(([, row]) => row.element.contains(/** @type {Node} */ (target)));
    if (!found || found[0] === this.#current) return;
    const before = this.#rows.get(this.#current);
    if (before instanceof HostRow) before.reach(false);
    this.#current = found[0];
    this.#reach();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const row = this.#rows.get(this.#current);
    if (!(row instanceof HostRow) || event.target !== row.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const { choices, marked, role } = this.#services;
    const here = this.#lines.findIndex(({ key }) => key === this.#current);
    const page = Math.max(1, Math.floor(this.#height / (ROW_REM * look().remPx)) - 2);
    const there = walk(event.key, here, this.#lines, page);
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
    const rowPx = ROW_REM * look().remPx;
    const top = this.#frame.scrollTop;
    // the headings lie over the first row
    if (place * rowPx < top) this.#frame.scrollTop = place * rowPx;
    if ((place + 2) * rowPx > top + this.#height) this.#frame.scrollTop = (place + 2) * rowPx - this.#height;
    this.#render(this.#services.store.hubTime(this.#services.platform.now()));
    this.#rows.get(line.key)?.element.focus({ preventScroll: true });
  }

  /** @param {MouseEvent} event */
  #onClick({ target }) {
    if (!(target instanceof Element) || target.closest("a, button, input") || String(getSelection())) return;
    const id = target.closest("[data-host]")?.getAttribute("data-host");
    if (id) this.#services.choices.choose({ host: id });
  }
}
