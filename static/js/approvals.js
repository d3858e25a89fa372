import { messageOf, noConnection } from "./failure.js";
import { quoted } from "./isolated.js";
import { TimedOut } from "./platform.js";
import { AUTH_APPROVE, AUTH_DENY } from "./protocol.js";
import { Refused } from "./session.js";
import { Signal } from "./signal.js";

/** @import { Formatter } from "./format.js" */
/** @import { Session } from "./session.js" */
/** @import { Entry } from "./store.js" */

/** @typedef {"approve" | "deny"} Decision */

const PROCEDURES = { approve: AUTH_APPROVE, deny: AUTH_DENY };
const DONE = { approve: "approved", deny: "denied" };

/** An operator's decisions on keys that wait: which are on their way to the hub, and what went wrong. */
export class Approvals {
  /** @type {Signal<void>} */
  changed = new Signal();
  /** A decision is in force, in words. @type {Signal<string>} */
  done = new Signal();

  #session;
  #format;
  /** @type {Map<string, Decision>} */
  #pending = new Map();
  #problem = "";

  /**
   * @param {Session} session
   * @param {Formatter} format
   */
  constructor(session, format) {
    this.#session = session;
    this.#format = format;
  }

  /** What was not done, and what to do about it; empty if all is well. */
  get problem() {
    return this.#problem;
  }

  dismissProblem() {
    this.#problem = "";
    this.changed.emit();
  }

  /**
   * What is being done to this key. After the hub's answer that stays until the key is seen to wait no longer.
   * @param {string} id
   */
  pending(id) {
    return this.#pending.get(id);
  }

  /**
   * Only these keys still wait.
   * @param {Entry[]} keys
   */
  keepOnly(keys) {
    const ids = new Set(keys.map(({ id }) => id));
    for (const id of this.#pending.keys()) if (!ids.has(id)) this.#pending.delete(id);
  }

  /**
   * Ask the hub for it. Whatever goes wrong is told as the problem.
   * @param {Decision} decision
   * @param {Entry[]} keys
   */
  async decide(decision, keys) {
    const asked = keys.filter(({ id }) => !this.#pending.has(id));
    if (!asked.length) return;
    this.#problem = "";
    for (const { id } of asked) this.#pending.set(id, decision);
    this.changed.emit();
    const done = await this.#ask(decision, asked);
    for (const { id } of asked) if (!done.some((key) => key.id === id)) this.#pending.delete(id);
    this.changed.emit();
    if (done.length) this.done.emit(`${keysText(done, this.#format)} ${DONE[decision]}.`);
  }

  /**
   * @param {Decision} decision
   * @param {Entry[]} asked
   * @returns {Promise<Entry[]>} those it happened to
   */
  async #ask(decision, asked) {
    if (!this.#session.isJoined) return this.#failed(noConnection("Nothing was decided"));
    try {
      const answer = await this.#session.call(PROCEDURES[decision], { hosts: asked.map(({ id }) => id) });
      const done = asked.filter(({ id }) => answer.hosts.includes(id));
      if (done.length < asked.length) this.#problem = goneText(asked.filter((key) => !done.includes(key)), this.#format);
      return done;
    } catch (error) {
      return this.#failed(failureText(error));
    }
  }

  /** @param {string} problem */
  #failed(problem) {
    this.#problem = problem;
    return [];
  }
}

/**
 * The keys that wait for approval, who asked first comes first: a new one moves none of the others.
 * @param {Entry[]} entries
 */
export function waitingKeys(entries) {
  return entries
    .filter(({ host }) => host.status === "unapproved")
    .sort((a, b) => (a.host.since ?? 0) - (b.host.since ?? 0) || (a.id < b.id ? -1 : 1));
}

/**
 * `2 keys wait for approval`
 * @param {number} count
 * @param {Formatter} format
 */
export function waitingText(count, format) {
  if (!count) return "No key waits for approval";
  return `${format.counted(count, "key")} ${count === 1 ? "waits" : "wait"} for approval`;
}

/**
 * @param {Entry[]} keys
 * @param {Formatter} format
 */
function keysText(keys, format) {
  const [first] = keys;
  return first && keys.length === 1 ? quoted(first.host.name) : format.counted(keys.length, "key");
}

/**
 * @param {Entry[]} gone
 * @param {Formatter} format
 */
function goneText(gone, format) {
  const wait = gone.length === 1 ? "waits" : "wait";
  return `${keysText(gone, format)} ${wait} no longer: somebody else has decided, the agent has stopped asking, or newer keys of its address took its place.`;
}

/** @param {unknown} error */
function failureText(error) {
  if (error instanceof Refused) return `Nothing was decided, the hub refused: ${error.message}`;
  if (error instanceof TimedOut) return "The hub did not answer. Try again if the key still waits here.";
  return `It failed: ${messageOf(error)}`;
}
