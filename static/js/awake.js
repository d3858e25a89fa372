/** Keeps the screen from going to sleep, while that is wanted and where the browser allows it. */
export class Awake {
  #request;
  #wanted = false;
  #asking = false;
  /** @type {Pick<WakeLockSentinel, "released" | "release"> | null} */
  #lock = null;

  /** @param {() => Promise<Pick<WakeLockSentinel, "released" | "release"> | null>} request null if the browser has none to give */
  constructor(request = requestLock) {
    this.#request = request;
  }

  /** @param {boolean} wanted */
  async keep(wanted) {
    this.#wanted = wanted;
    if (wanted && !this.#asking && (this.#lock?.released ?? true)) await this.#ask();
    if (!this.#wanted) await this.#end();
  }

  async #ask() {
    this.#asking = true;
    this.#lock = await this.#request();
    this.#asking = false;
  }

  async #end() {
    const lock = this.#lock;
    this.#lock = null;
    await lock?.release();
  }
}

/** Absent without TLS, refused when the battery is low: then the screen's own settings decide. */
async function requestLock() {
  return (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
}
