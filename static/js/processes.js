import { messageOf } from "./failure.js";
import { HOST_QUERY } from "./protocol.js";
import { Refused } from "./session.js";
import { Signal } from "./signal.js";

/** @import { Platform } from "./platform.js" */
/** @import { Session } from "./session.js" */

/**
 * @typedef {object} Process
 * @property {number} pid
 * @property {string} name untrusted text
 * @property {string} user untrusted text
 * @property {number} cpu_cores 1 is one core busy
 * @property {number} memory_bytes
 * @property {number | null} started_at
 * @property {string} [command] only if the host allows it; untrusted text
 */

/** @typedef {{at: number, count: number, processes: Process[]}} ProcessList `at` by the host's clock */
/** @typedef {{list: ProcessList | null, problem: string, isAsking: boolean}} ProcessState */

const REFRESH_MS = 2_000;
/** A host that did not answer is left in peace for a while. */
const RETRY_MS = 10_000;
/** The hub gives up before. */
const ANSWER_LIMIT_MS = 8_000;
const MOST = 20;

/** Asks one host for its busiest processes again and again: while somebody looks at them, and never otherwise. */
export class Processes {
  /** @type {Signal<void>} */
  changed = new Signal();
  /** @type {ProcessState} */
  state = { list: null, problem: "", isAsking: false };

  #session;
  #platform;
  #host = "";
  #paused = false;
  #hidden = false;
  #round = 0;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {Session} session
   * @param {Platform} platform
   */
  constructor(session, platform) {
    this.#session = session;
    this.#platform = platform;
    session.joined.listen(() => this.#resume());
  }

  get isPaused() {
    return this.#paused;
  }

  /** @param {string} host */
  open(host) {
    this.#host = host;
    this.#paused = false;
    this.state = { list: null, problem: "", isAsking: false };
    this.ask();
  }

  close() {
    this.#host = "";
    this.#stop();
    this.#show({ list: null, problem: "", isAsking: false });
  }

  /** @param {boolean} paused */
  pause(paused) {
    this.#paused = paused;
    this.#resume();
    this.changed.emit();
  }

  /** @param {boolean} hidden whether nobody can see the page */
  setHidden(hidden) {
    this.#hidden = hidden;
    this.#resume();
  }

  /** Now, whatever was. */
  ask() {
    this.#stop();
    if (this.#host) void this.#ask(this.#round);
  }

  #resume() {
    if (this.#paused || this.#hidden) this.#stop();
    else this.ask();
  }

  #stop() {
    this.#round += 1;
    this.state = { ...this.state, isAsking: false }; // the answer is not waited for any more
    this.#platform.clearTimeout(this.#timer);
  }

  /** @param {number} round */
  async #ask(round) {
    this.#show({ ...this.state, isAsking: true });
    const { list, problem } = await this.#answer();
    if (round !== this.#round) return;
    this.#show({ list: list ?? this.state.list, problem, isAsking: false });
    if (this.#paused || this.#hidden) return;
    this.#timer = this.#platform.setTimeout(() => this.ask(), problem ? RETRY_MS : REFRESH_MS);
  }

  /** @returns {Promise<{list: ProcessList | null, problem: string}>} */
  async #answer() {
    try {
      const list = await this.#session.call(HOST_QUERY, { host: this.#host, kind: "processes", arguments: { limit: MOST } }, ANSWER_LIMIT_MS);
      return { list, problem: "" };
    } catch (error) {
      return { list: null, problem: wordsFor(error) };
    }
  }

  /** @param {ProcessState} state */
  #show(state) {
    this.state = state;
    this.changed.emit();
  }
}

/** @param {unknown} error */
function wordsFor(error) {
  if (error instanceof Refused) return error.kind === "query_refused" ? `The host does not tell: ${error.message}` : error.message;
  return messageOf(error);
}
