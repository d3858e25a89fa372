import { messageOf, noConnection } from "./failure.js";
import { TimedOut } from "./platform.js";
import { CONFIG_SET } from "./protocol.js";
import { Refused } from "./session.js";
import { settingText, titleOf } from "./settings-table.js";
import { Signal } from "./signal.js";

/** @import { Formatter } from "./format.js" */
/** @import { Change } from "./progress.js" */
/** @import { Settings } from "./protocol.js" */
/** @import { Session } from "./session.js" */
/** @import { Setting } from "./settings-table.js" */
/** @import { FleetStore } from "./store.js" */

/** @typedef {{add: string[], remove: string[]}} TagChange */
/** @typedef {{changes: Settings, tags: TagChange}} Edit what somebody touched, and nothing else */

/** The most hosts that the hub changes at a call, in one transaction. */
const MOST_HOSTS = 1_000;
/** The newest changes whose progress is shown. */
const MOST_KEPT = 4;

/** What operators change here: sent to the hub, and kept until somebody has seen the outcome. */
export class SettingsChanges {
  /** @type {Signal<void>} */
  changed = new Signal();

  #session;
  #store;
  #format;
  #table;
  /** Newest first. @type {Change[]} */
  #kept = [];

  /**
   * @param {Session} session
   * @param {FleetStore} store
   * @param {Formatter} format
   * @param {readonly Setting[]} table
   */
  constructor(session, store, format, table) {
    this.#session = session;
    this.#store = store;
    this.#format = format;
    this.#table = table;
  }

  get table() {
    return this.#table;
  }

  /** The changes whose progress is to be shown, newest first. */
  get kept() {
    return this.#kept;
  }

  /** @param {Change} change */
  dismiss(change) {
    this.#kept = this.#kept.filter((kept) => kept !== change);
    this.changed.emit();
  }

  /**
   * Have the hub store it for these hosts. What goes wrong is returned in words; empty if all is well.
   * @param {string[]} hosts
   * @param {Edit} edit
   * @returns {Promise<string>}
   */
  async save(hosts, { changes, tags }) {
    if (!hosts.length) return "Nothing was changed, because there is no host left to change.";
    if (!this.#session.isJoined) return noConnection("Nothing was changed");
    const before = new Map(hosts.map((id) => [id, this.#store.get(id)]));
    /** @type {Map<string, number>} */
    const revisions = new Map();
    try {
      for (let start = 0; start < hosts.length; start += MOST_HOSTS) {
        const some = hosts.slice(start, start + MOST_HOSTS);
        const answer = await this.#session.call(CONFIG_SET, { hosts: some, changes, tags: tags.add.length || tags.remove.length ? tags : null });
        for (const [id, revision] of Object.entries(answer.revisions)) revisions.set(id, Number(revision));
      }
    } catch (error) {
      const changed = revisions.size ? `Only ${this.#format.number(revisions.size)} of ${this.#format.counted(hosts.length, "host")} were changed` : "Nothing was changed";
      if (revisions.size) this.#keep(hosts, before, revisions, { changes, tags });
      return failureText(error, changed);
    }
    this.#keep(hosts, before, revisions, { changes, tags });
    return "";
  }

  /**
   * @param {string[]} hosts
   * @param {Map<string, import("./protocol.js").HostView | undefined>} before
   * @param {Map<string, number>} revisions
   * @param {Edit} edit
   */
  #keep(hosts, before, revisions, { changes, tags }) {
    const isNew = ([id, revision] = ["", 0]) => revision > (before.get(id)?.config?.revision ?? 0);
    const hasSettings = Object.keys(changes).length > 0;
    /** @type {Change} */
    const change = {
      what: [...this.#settingsText(changes), ...tags.add.map((tag) => `+ ${tag}`), ...tags.remove.map((tag) => `− ${tag}`)].join(", "),
      revisions: new Map([...revisions].filter(isNew)),
      same: hasSettings ? [...revisions].filter((entry) => !isNew(entry)).map(([id]) => id) : [],
      tagged: tags.add.length || tags.remove.length ? hosts.filter((id) => revisions.has(id)) : [],
      names: new Map(hosts.map((id) => [id, before.get(id)?.name ?? id])),
    };
    this.#kept = [change, ...this.#kept].slice(0, MOST_KEPT);
    this.changed.emit();
  }

  /** @param {Settings} changes */
  #settingsText(changes) {
    return this.#table
      .filter(({ name }) => Object.hasOwn(changes, name))
      .map((setting) => `${titleOf(setting)} ${settingText(setting, /** @type {boolean | number} */ (changes[setting.name]), this.#format)}`);
  }
}

/**
 * @param {unknown} error
 * @param {string} changed what was done nevertheless
 */
function failureText(error, changed) {
  if (error instanceof Refused) return `${changed}: the hub refused, ${error.message}`;
  if (error instanceof TimedOut) return "The hub did not answer in time. Whether it has stored this shows in the state of each host's settings.";
  return `The connection to the hub was lost before it answered (${messageOf(error)}). Whether it has stored this shows in the state of each host's settings.`;
}
