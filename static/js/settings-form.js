import { commonValue, tagCounts } from "./common-values.js";
import { element } from "./dom.js";
import { SettingsRow } from "./settings-row.js";
import { settingText, titleOf } from "./settings-table.js";
import { TagsEditor } from "./tags-editor.js";

/** @import { Formatter } from "./format.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Edit } from "./settings-changes.js" */
/** @import { Setting } from "./settings-table.js" */

/** A row for each setting and one for the tags, of one host or of several. Only what was touched is sent. */
export class SettingsForm {
  element = element("div", "settings-form");
  #rows;
  #tags;

  /**
   * @param {readonly Setting[]} table
   * @param {Formatter} format
   */
  constructor(table, format) {
    this.#tags = new TagsEditor(format);
    this.#rows = table.map((setting) => new SettingsRow(setting, format));
    this.element.append(this.#tags.element, ...this.#rows.map((row) => row.element));
  }

  /**
   * @param {HostView[]} hosts
   * @param {string[]} knownTags of the whole fleet
   */
  show(hosts, knownTags) {
    for (const row of this.#rows) row.show(commonValue(hosts, row.setting.name), hosts.length);
    this.#tags.show(tagCounts(hosts), hosts.length, knownTags);
  }

  /** What was touched; null if something of it is wrong, which is said beside it. @returns {Edit | null} */
  read() {
    const touched = this.#rows.filter((row) => row.isTouched).map((row) => ({ row, checked: row.check() }));
    const wrong = touched.find(({ checked }) => "problem" in checked);
    if (wrong) {
      wrong.row.focus();
      return null;
    }
    const values = touched.flatMap(({ row, checked }) => ("value" in checked ? [[row.setting.name, checked.value]] : []));
    return { changes: Object.fromEntries(values), tags: this.#tags.change };
  }

  forget() {
    this.#tags.forget();
    for (const row of this.#rows) row.forget();
  }

  /** @param {"tags" | "settings"} part */
  focus(part) {
    if (part === "tags") this.#tags.focus();
    else this.#rows[0]?.focus();
  }
}

/** The same for those who may only look: no control, nothing to send. */
export class SettingsList {
  element = element("dl", "settings-list");
  #table;
  #format;

  /**
   * @param {readonly Setting[]} table
   * @param {Formatter} format
   */
  constructor(table, format) {
    this.#table = table;
    this.#format = format;
  }

  /** @param {HostView[]} hosts */
  show(hosts) {
    const tags = tagCounts(hosts).map(({ tag }) => element("bdi", "host-tag", tag));
    const rows = [row("Tags", ...(tags.length ? tags : ["none"]))];
    for (const setting of this.#table) {
      const { values, pinned } = commonValue(hosts, setting.name);
      const text = values.map((value) => settingText(setting, value, this.#format)).join(", ") || "not known";
      rows.push(row(titleOf(setting), text + (pinned.length ? " (pinned on the host)" : "")));
    }
    this.element.replaceChildren(...rows);
  }
}

/**
 * @param {string} label
 * @param {(string | Node)[]} values
 */
function row(label, ...values) {
  return element("div", "settings-value", element("dt", "settings-label", label), element("dd", "", ...values));
}
