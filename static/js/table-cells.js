import { STATUS_WORDS, ageText, configText, lastsText, statusBegan, whyShort, whyText } from "./describe.js";
import { button, element, setAttribute, setText } from "./dom.js";
import { isLate } from "./interval.js";
import { latencyOf } from "./latency.js";
import { REGULAR, SMALL, isLong, setLine } from "./line.js";
import { StatusIcon } from "./status-icon.js";

/** @import { HostView } from "./protocol.js" */
/** @import { Services } from "./services.js" */
/** @import { Entry } from "./store.js" */

/** What is left of the columns' widths for text, in rem. */
const STATUS_REM = 5.3;
export const WHY_REM = STATUS_REM / SMALL / REGULAR;
const NAME_REM = 7.5;
const TAGS_REM = 5;
const TAG_REM = 5;
const SYSTEM_REM = 6.7 / REGULAR;
/** On two lines. */
const SETTINGS_REM = 10;

/**
 * One value of one host in the table. Cells are made once and shown for many hosts, one after another.
 * @typedef {object} Cell
 * @property {(Node | string)[]} parts
 * @property {(entry: Entry, now: number) => void} show
 * @property {(id: string, now: number) => void} [trend] draw the last minutes of a host
 * @property {boolean} [isTimed] it changes with time, too, without anything new from the host
 */

/** Cells of the table that say what a host is; `metric-cells.js` has those of what it measures. */

/** @param {Services} services @returns {Cell} */
export function statusCell({ format }) {
  const icon = new StatusIcon();
  const said = element("span", "cell-line cell-status");
  const why = element("span", "cell-line cell-quiet");
  const lines = element("span", "cell-lines", said, why);
  /** What the title says. @type {{began?: number | null, words?: string}} */
  let about = {};
  return {
    isTimed: true,
    parts: [icon.element, lines],
    show({ host }, now) {
      const { status } = host;
      icon.show(status);
      const [first, second] = statusLines(host, now, format);
      setLine(said, first, STATUS_REM / REGULAR);
      setLine(why, second, WHY_REM);
      why.hidden = !second;
      const began = statusBegan(host);
      const words = whyText(host, now);
      if (began === about.began && words === about.words) return;
      about = { began, words };
      setAttribute(lines, "title", [words, began === null ? "" : `since ${format.moment(began)}`].filter(Boolean).join("\n") || null);
    },
  };
}

/**
 * `down 3 h`, `lost`; with the longest of the words how long stands below.
 * @param {HostView} host
 * @param {number} now the hub's clock, in seconds
 * @param {import("./format.js").Formatter} format
 * @returns {[string, string]}
 */
export function statusLines(host, now, format) {
  const lasts = lastsText(host, now, format);
  const word = STATUS_WORDS.disabled;
  return host.status === "disabled" ? [word, lasts.slice(word.length + 1)] : [lasts, whyShort(host, now)];
}

/** @param {Services} services @returns {Cell} */
export function nameCell({ choices }) {
  const name = element("bdi");
  const link = element("a", "cell-line host-link", name);
  const warning = element("span", "cell-warning");
  return {
    parts: [link, warning],
    show({ id, host }) {
      setText(name, host.name);
      setAttribute(link, "title", host.name);
      setAttribute(link, "href", choices.link({ host: id }));
      const warnings = [host.duplicate_key ? "duplicate key" : "", host.refused ? `sample refused: ${host.refused}` : ""].filter(Boolean).join(" · ");
      setText(warning, warnings);
      setAttribute(warning, "title", warnings || null);
      link.toggleAttribute("data-long", Boolean(warnings) || isLong(host.name, NAME_REM));
    },
  };
}

/** @param {Services} services @returns {Cell} */
export function tagsCell({ choices }) {
  const list = element("span", "cell-tags");
  /** Made once: rows are shown for one host after another. @type {{chip: HTMLElement, show: (tag: string) => void}[]} */
  const chips = [];
  /** @type {string[] | undefined} */
  let shown;
  return {
    parts: [list],
    show({ host: { tags = [] } }) {
      if (tags === shown) return;
      shown = tags;
      while (chips.length < tags.length) chips.push(tagChip(choices));
      tags.forEach((tag, place) => chips[place]?.show(tag));
      if (list.childElementCount !== tags.length) list.replaceChildren(...chips.slice(0, tags.length).map(({ chip }) => chip));
      list.toggleAttribute("data-long", isLong(tags.join("    "), TAGS_REM));
      for (const { chip } of chips) chip.tabIndex = rowOf(list)?.tabIndex ?? 0; // reached by the Tab key in one row only
    },
  };
}

/** @param {Services["choices"]} choices */
function tagChip(choices) {
  let shown = "";
  const text = element("bdi");
  const chip = button("host-tag", "", () => choices.choose({ tag: choices.current.tag === shown ? "" : shown }));
  chip.append(text);
  return {
    chip,
    /** @param {string} tag */
    show(tag) {
      shown = tag;
      setText(text, tag);
      setAttribute(chip, "title", tag);
      chip.toggleAttribute("data-long", isLong(tag, TAG_REM));
    },
  };
}

/** @returns {Cell} */
export function systemCell() {
  const address = element("bdi", "cell-line");
  const system = element("bdi", "cell-line cell-quiet");
  return {
    parts: [element("span", "cell-lines", address, system)],
    show({ host }) {
      setLine(address, host.address ?? "", SYSTEM_REM);
      setLine(system, host.facts?.system ?? "", SYSTEM_REM);
      setAttribute(system, "title", host.facts?.system || null);
    },
  };
}

/** @param {Services} services @returns {Cell} */
export function ageCell({ format }) {
  const age = element("span", "cell-line");
  const latency = element("span", "cell-line cell-quiet");
  const lines = element("span", "cell-lines", age, latency);
  latency.title = "from the instant the host took it until it stood here";
  return {
    isTimed: true,
    parts: [lines],
    show({ host }, now) {
      const milliseconds = host.status === "up" ? latencyOf(host) : null;
      setText(age, ageText(host, now, format));
      setText(latency, milliseconds === null ? "" : format.delay(milliseconds));
      lines.toggleAttribute("data-late", isLate(host, now));
    },
  };
}

/** @param {Services} services @returns {Cell} */
export function settingsCell({ format, openSettings }) {
  let id = "";
  const text = button("cell-clamp cell-settings", "", () => openSettings([id]));
  /** @type {{words: string, at?: number}} */
  let shown = { words: "" };
  return {
    isTimed: true,
    parts: [text],
    show(entry, now) {
      id = entry.id;
      const { host } = entry;
      const [words, at] = [configText(host, now, format), host.config?.at];
      if (words === shown.words && at === shown.at) return;
      shown = { words, at };
      setText(text, words);
      text.hidden = !words;
      text.toggleAttribute("data-long", isLong(words, SETTINGS_REM));
      text.dataset.outcome = host.config?.status ?? "";
      setAttribute(text, "title", [words, at ? `saved ${format.moment(at)}` : ""].filter(Boolean).join("\n"));
    },
  };
}

/** @param {Element} part @returns {HTMLElement | null} */
function rowOf(part) {
  return part.closest("[role=row]");
}
