import { arrange, element } from "./dom.js";
import { GroupLabel, groupName } from "./group-label.js";
import { gridWalk } from "./grid-walk.js";
import { HeatCell } from "./heat-cell.js";
import { cellSize } from "./heat-layout.js";
import { look } from "./look.js";

/** @import { Formatter } from "./format.js" */
/** @import { Group } from "./selection.js" */

const GAP_REM = 0.125;
const LABEL_REM = 2;
/** A window so low that its cells could not be read is scrolled instead. */
const LEAST_HEIGHT_REM = 20;
const FOOT_REM = 2;

/** The cells of the heat map, group by group. One stop of the Tab key; the arrows walk within. */
export class HeatGrid {
  element = element("div", "heat-groups");

  #format;
  /** By group and host: a host may be in several groups. @type {Map<string, HeatCell>} */
  #cells = new Map();
  /** @type {Map<string, HeatCell[]>} */
  #ofHost = new Map();
  /** In the order that is seen. @type {HTMLElement[]} */
  #order = [];
  /** @type {number[]} */
  #counts = [];
  /** @type {Map<string, GroupElement>} */
  #groups = new Map();
  #columns = 1;
  /** @type {HTMLElement | null} */
  #stop = null;

  /**
   * @param {Formatter} format
   * @param {(cell: HTMLElement | null) => void} onPoint the pointer or the focus is on a cell, or on none
   */
  constructor(format, onPoint) {
    this.#format = format;
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focusin", ({ target }) => this.#setStop(cellAt(target)));
    this.element.addEventListener("focusin", ({ target }) => onPoint(cellAt(target)));
    this.element.addEventListener("pointerover", ({ target }) => onPoint(cellAt(target)));
    for (const type of ["pointerleave", "focusout"]) this.element.addEventListener(type, () => onPoint(null));
  }

  /** @param {string} id */
  cellsOf(id) {
    return this.#ofHost.get(id) ?? [];
  }

  /**
   * @param {Group[]} groups
   * @param {(id: string) => string} link the address of a host's page
   */
  arrange(groups, link) {
    const before = this.#cells;
    this.#cells = new Map();
    this.#ofHost = new Map();
    this.#order = [];
    this.#counts = groups.map(({ entries }) => entries.length);
    const parts = groups.map((group) => this.#group(group, before, link));
    arrange(this.element, parts);
    if (!this.#stop?.isConnected) this.#setStop(this.#order[0] ?? null);
  }

  /** @param {boolean} long whether values are long words */
  fit(long) {
    const { remPx } = look();
    const box = this.element.getBoundingClientRect();
    const height = Math.max(LEAST_HEIGHT_REM, (innerHeight - box.top - scrollY) / remPx - FOOT_REM);
    const space = { width: box.width / remPx, height, gap: GAP_REM, label: this.#counts.length > 1 ? LABEL_REM : 0 };
    const touched = matchMedia("(pointer: coarse)").matches;
    const size = cellSize(this.#counts, space, { long, touched });
    this.#columns = size.columns;
    this.element.dataset.detail = size.detail;
    this.element.style.setProperty("--columns", String(size.columns));
    this.element.style.setProperty("--cell-height", `${size.height}rem`);
  }

  /**
   * @param {Group} group
   * @param {Map<string, HeatCell>} before
   * @param {(id: string) => string} link
   */
  #group(group, before, link) {
    const name = groupName(group);
    const part = this.#groups.get(name) ?? new GroupElement(this.#format);
    this.#groups.set(name, part);
    const cells = group.entries.map(({ id }) => {
      const key = `${name}\n${id}`;
      const cell = before.get(key) ?? new HeatCell(id);
      cell.link(link(id));
      this.#cells.set(key, cell);
      this.#ofHost.set(id, [...(this.#ofHost.get(id) ?? []), cell]);
      return cell.element;
    });
    this.#order.push(...cells);
    part.show(group, cells);
    return part.element;
  }

  /** @param {HTMLElement | null} cell where the Tab key stops */
  #setStop(cell) {
    if (this.#stop) this.#stop.tabIndex = -1;
    this.#stop = cell;
    if (cell) cell.tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const cell = cellAt(event.target);
    const there = cell && gridWalk(event.key, this.#order.indexOf(cell), this.#counts, this.#columns);
    if (there === null) return;
    event.preventDefault();
    this.#order[there]?.focus();
  }
}

class GroupElement {
  element = element("div", "heat-group");
  #label;
  #head = element("h2", "group-head");
  #cells = element("div", "heat-cells");

  /** @param {Formatter} format */
  constructor(format) {
    this.#label = new GroupLabel(format);
    this.#head.append(this.#label.element);
    this.#cells.setAttribute("role", "group");
    this.element.append(this.#head, this.#cells);
  }

  /**
   * @param {Group} group
   * @param {HTMLElement[]} cells
   */
  show(group, cells) {
    this.#head.hidden = !group.label;
    this.#label.show(group);
    this.#cells.setAttribute("aria-label", groupName(group));
    arrange(this.#cells, cells);
  }
}

/**
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null}
 */
function cellAt(target) {
  return target instanceof Element ? target.closest(".heat-cell") : null;
}
