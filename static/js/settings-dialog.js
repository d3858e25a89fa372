import { namesText } from "./common-values.js";
import { button, element, setAttribute, setText } from "./dom.js";
import { openModal } from "./modal.js";
import { SettingsForm, SettingsList } from "./settings-form.js";

/** @import { HostView } from "./protocol.js" */
/** @import { SettingsChanges } from "./settings-changes.js" */
/** @import { FleetStore } from "./store.js" */
/** @import { Formatter } from "./format.js" */

/** @typedef {"settings" | "tags"} Part where the focus goes */

/** What one host or several should report. Viewers see it, operators change it. */
export class SettingsDialog {
  #store;
  #format;
  #changes;
  #form;
  #list;
  /** @type {string[]} */
  #ids = [];
  #isSaving = false;
  /** Counts how often it was opened: a save that somebody did not wait for says nothing about other hosts. */
  #opening = 0;
  #title = element("h2", "dialog-title");
  #names = element("p", "dialog-text settings-names");
  #problem = element("p", "dialog-problem");
  #cancel = button("quiet-button", "Cancel", () => this.#dialog.close());
  #save = button("button", "Save", () => {}); // the form is submitted, by it or by the Enter key
  #body = element("form", "settings-body");
  #dialog = element("dialog", "dialog settings-dialog", this.#body);

  /**
   * @param {HTMLElement} place
   * @param {FleetStore} store
   * @param {Formatter} format
   * @param {SettingsChanges} changes
   * @param {boolean} mayChange
   */
  constructor(place, store, format, changes, mayChange) {
    this.#store = store;
    this.#format = format;
    this.#changes = changes;
    const content = mayChange ? new SettingsForm(changes.table, format) : new SettingsList(changes.table, format);
    this.#form = content instanceof SettingsForm ? content : null;
    this.#list = content instanceof SettingsList ? content : null;
    this.#title.id = "settings-title";
    this.#dialog.setAttribute("aria-labelledby", this.#title.id);
    this.#problem.setAttribute("role", "alert");
    this.#body.noValidate = true;
    this.#body.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.#save.type = "submit";
    const buttons = element("div", "dialog-buttons", this.#cancel, ...(mayChange ? [this.#save] : []));
    this.#body.append(element("div", "", this.#title, this.#names), content.element, this.#problem, buttons);
    if (!mayChange) setText(this.#cancel, "Close");
    place.append(this.#dialog);
  }

  /**
   * @param {Iterable<string>} ids
   * @param {Part} [part]
   */
  open(ids, part = "settings") {
    if (this.#dialog.open) return;
    this.#ids = [...ids].filter((id) => this.#isHost(id));
    if (!this.#ids.length) return;
    this.#opening += 1;
    this.#form?.forget();
    this.#setSaving(false);
    openModal(this.#dialog);
    this.#form?.focus(part);
  }

  /** @param {ReadonlyMap<string, HostView | undefined>} changes what each changed host was before */
  draw(changes) {
    if (this.#dialog.open && this.#ids.some((id) => changes.has(id) && isOther(changes.get(id), this.#store.get(id)))) this.#show();
  }

  #show() {
    this.#ids = this.#ids.filter((id) => this.#isHost(id));
    if (!this.#ids.length) return setText(this.#problem, "Deleted meanwhile."); // whose settings they were goes on to stand above
    const hosts = this.#ids.flatMap((id) => this.#store.get(id) ?? []);
    const counted = this.#format.counted(hosts.length, "host");
    const one = hosts.length === 1 ? hosts[0] : undefined;
    this.#title.replaceChildren("Settings of ", one ? element("bdi", "", one.name) : counted);
    setText(this.#names, one ? "" : namesText(hosts.map(({ name }) => name), this.#format));
    setText(this.#save, this.#isSaving ? "Saving…" : hosts.length > 1 ? `Save for ${counted}` : "Save");
    this.#form?.show(hosts, this.#knownTags());
    this.#list?.show(hosts);
  }

  #knownTags() {
    return [...new Set(this.#store.entries().flatMap(({ host }) => host.tags ?? []))].sort();
  }

  async #submit() {
    if (this.#isSaving || !this.#form) return;
    const edit = this.#form.read();
    if (!edit) return setText(this.#problem, "");
    const isEmpty = !Object.keys(edit.changes).length && !edit.tags.add.length && !edit.tags.remove.length;
    if (isEmpty) return setText(this.#problem, "Nothing was touched, so there is nothing to save.");
    this.#setSaving(true);
    const opening = this.#opening;
    const problem = await this.#changes.save(this.#ids, edit);
    if (opening !== this.#opening) return;
    if (!problem) return this.#dialog.close();
    this.#setSaving(false);
    setText(this.#problem, problem);
    if (!this.#dialog.open) openModal(this.#dialog); // closed before it was known
  }

  /** @param {boolean} isSaving */
  #setSaving(isSaving) {
    this.#isSaving = isSaving;
    setText(this.#problem, "");
    setAttribute(this.#save, "aria-disabled", isSaving ? "true" : null);
    this.#show();
  }

  /** Keys that wait for approval have no settings. @param {string} id */
  #isHost(id) {
    const host = this.#store.get(id);
    return host !== undefined && host.status !== "unapproved";
  }
}

/**
 * Whether something changed that the dialog shows.
 * @param {HostView | undefined} before
 * @param {HostView | undefined} after
 */
function isOther(before, after) {
  return before?.config !== after?.config || before?.tags !== after?.tags || before?.name !== after?.name;
}
