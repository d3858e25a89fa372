import { byId, element } from "./dom.js";
import { ProgressView } from "./progress-view.js";
import { SelectionBar, hiddenQuestion } from "./selection-bar.js";
import { SettingsChanges } from "./settings-changes.js";
import { SettingsDialog } from "./settings-dialog.js";

/** @import { HostView } from "./protocol.js" */
/** @import { ConfirmDialog } from "./confirm-dialog.js" */
/** @import { Services } from "./services.js" */
/** @import { Part } from "./settings-dialog.js" */

/** More names than these nobody reads in a question. */
const MOST_NAMED = 12;

/** Settings on the live page: the dialog, what can be done with marked hosts, and what becomes of each change. */
export class SettingsInPlace {
  #store;
  #format;
  #marked;
  #changes;
  #dialog;
  #progress;
  #selection;

  /**
   * @param {Services} services
   * @param {(text: string) => void} say to those who do not see it
   * @param {ConfirmDialog | null} dialog of those who may change something
   */
  constructor({ store, session, format, marked, role, settingsTable }, say, dialog) {
    this.#store = store;
    this.#format = format;
    this.#marked = marked;
    this.#changes = new SettingsChanges(session, store, format, settingsTable);
    this.#dialog = new SettingsDialog(document.body, store, format, this.#changes, role === "operator");
    this.#progress = new ProgressView(this.#changes, store, format, say);
    this.#selection = new SelectionBar(marked, format, {
      edit: (ids, part) => this.open(ids, part),
      setDisabled: (ids, disabled) => this.#changes.save(ids, { changes: { disabled }, tags: { add: [], remove: [] } }),
      confirm: async (verb, count, hidden) =>
        dialog?.ask({ ...hiddenQuestion(verb, count, hidden.length, format), subjects: this.#named(hidden) }) ?? false,
    });
    byId("foot").append(this.#progress.element, this.#selection.element);
  }

  get changed() {
    return this.#changes.changed;
  }

  /** @param {string[]} ids */
  #named(ids) {
    const names = ids.slice(0, MOST_NAMED).map((id) => element("bdi", "", this.#store.get(id)?.name ?? id));
    return ids.length > MOST_NAMED ? [...names, element("span", "", `and ${this.#format.number(ids.length - MOST_NAMED)} more`)] : names;
  }

  /**
   * @param {Iterable<string>} ids
   * @param {Part} [part]
   */
  open(ids, part) {
    this.#dialog.open(ids, part);
  }

  /** @param {Map<string, HostView | undefined>} changes what each changed host was before */
  draw(changes) {
    this.#marked.unmark([...changes.keys()].filter((id) => !this.#store.get(id)));
    this.#dialog.draw(changes);
    this.#progress.draw(changes);
    this.#selection.draw();
  }
}
