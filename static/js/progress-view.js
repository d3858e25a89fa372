import { arrange, element, setText } from "./dom.js";
import { iconButton } from "./icons.js";
import { progressOf } from "./progress.js";

/** @import { Formatter } from "./format.js" */
/** @import { Change, ProgressRow } from "./progress.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { SettingsChanges } from "./settings-changes.js" */
/** @import { FleetStore } from "./store.js" */

/** What becomes of the changes that were made here: a line for each, and every host with its outcome behind it. */
export class ProgressView {
  element = element("section", "progress");

  #changes;
  #store;
  #format;
  #say;
  /** @type {Map<Change, ProgressLine>} */
  #lines = new Map();

  /**
   * @param {SettingsChanges} changes
   * @param {FleetStore} store
   * @param {Formatter} format
   * @param {(text: string) => void} say tell those who do not see it, once, at the end
   */
  constructor(changes, store, format, say) {
    this.#changes = changes;
    this.#store = store;
    this.#format = format;
    this.#say = say;
    this.element.setAttribute("aria-label", "changes made here");
    this.element.hidden = true;
  }

  /** @param {ReadonlyMap<string, HostView | undefined>} changes what each changed host was before */
  draw(changes) {
    const kept = this.#changes.kept;
    const isNew = kept.length !== this.#lines.size || kept.some((change) => !this.#lines.has(change));
    if (isNew) this.#arrange(kept);
    const told = kept.length ? [...changes].filter(([id, before]) => isOther(before, this.#store.get(id))).map(([id]) => id) : [];
    for (const [change, line] of this.#lines) if (isNew || line.concerns(told)) this.#show(change, line);
  }

  /** @param {Change[]} kept */
  #arrange(kept) {
    this.#lines = new Map(kept.map((change) => [change, this.#lines.get(change) ?? new ProgressLine(change, () => this.#changes.dismiss(change))]));
    arrange(this.element, [...this.#lines.values()].map((line) => line.element));
    this.element.hidden = !kept.length;
  }

  /**
   * @param {Change} change
   * @param {ProgressLine} line
   */
  #show(change, line) {
    const progress = progressOf(change, (id) => this.#store.get(id), this.#format);
    if (line.show(progress)) this.#say(`${change.what}: ${progress.text}.`);
  }
}

class ProgressLine {
  element = element("div", "progress-line");
  #change;
  #wasSettled = false;
  #text = element("span", "progress-text");
  #bar = element("progress", "progress-bar");
  #rows = element("ul", "progress-rows");
  #details = element("details", "progress-details", element("summary", "", "Hosts"), this.#rows);
  /** @type {ProgressRow[]} */
  #newest = [];
  /** @type {Map<string, HTMLElement>} */
  #items = new Map();

  /**
   * @param {Change} change
   * @param {() => void} onDismiss
   */
  constructor(change, onDismiss) {
    this.#change = change;
    this.#bar.setAttribute("aria-label", "hosts with an outcome");
    this.#rows.setAttribute("role", "list");
    this.#rows.tabIndex = 0;
    this.#rows.setAttribute("aria-label", "outcomes");
    this.#details.addEventListener("toggle", () => this.#showRows());
    const what = element("bdi", "progress-what", change.what);
    this.element.append(element("div", "progress-head", what, this.#text, iconButton("close", "Dismiss", "", onDismiss)), this.#bar, this.#details);
  }

  /** @param {string[]} ids of hosts that an outcome may have come of */
  concerns(ids) {
    return ids.some((id) => this.#change.revisions.has(id));
  }

  /**
   * @param {import("./progress.js").Progress} progress
   * @returns {boolean} whether nothing more is to be waited for since now
   */
  show({ rows, text, finished, isSettled, hasFailed }) {
    this.#newest = rows;
    setText(this.#text, text);
    this.#bar.hidden = this.#details.hidden = !rows.length;
    this.#bar.max = Math.max(1, rows.length);
    this.#bar.value = finished;
    this.element.toggleAttribute("data-failed", hasFailed);
    this.element.toggleAttribute("data-settled", isSettled);
    this.#showRows();
    const isNews = isSettled && !this.#wasSettled;
    this.#wasSettled = isSettled;
    return isNews;
  }

  /** A list of hundreds is made when somebody opens it. */
  #showRows() {
    if (!this.#details.open) return;
    for (const { id, name, outcome, text } of this.#newest) {
      const item = this.#items.get(id) ?? newItem(name);
      this.#items.set(id, item);
      item.dataset.outcome = outcome;
      setText(/** @type {Element} */ (item.lastChild), text);
    }
    arrange(this.#rows, this.#newest.flatMap(({ id }) => this.#items.get(id) ?? []));
  }
}

/**
 * Whether something changed that an outcome is told from: not with every sample.
 * @param {HostView | undefined} before
 * @param {HostView | undefined} after
 */
function isOther(before, after) {
  return before?.config !== after?.config || before?.connected !== after?.connected;
}

/** @param {string} name */
function newItem(name) {
  return element("li", "progress-row", element("bdi", "progress-host", name), element("span", "progress-outcome"));
}
