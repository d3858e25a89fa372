/** A browser and a hub without either: time stands still until a test moves it. */

/** @import { Platform } from "../../../static/js/platform.js" */

/** Let everything that waits for a promise run. */
export async function settle() {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

export class FakePlatform {
  now_ms = 1_700_000_000_000;
  /** @type {{callback: () => void, at: number, timer: object}[]} */
  #timers = [];
  /** @type {(() => void)[]} */
  #wakers = [];
  /** @type {(() => void)[]} */
  #leavers = [];
  /** HTTP status of the next tickets. */
  ticketStatus = 200;
  ticketsAsked = 0;
  /** @type {RequestInit | null} */
  lastRequest = null;
  hub = new FakeHub();

  /** @returns {Platform} */
  get platform() {
    const hub = this.hub;
    return {
      fetch: async (_, init) => {
        this.ticketsAsked += 1;
        this.lastRequest = init;
        const ticket = { realm: "vedette", authid: "user:1:x", authmethod: "ticket", ticket: `ticket ${this.ticketsAsked}`, path: "/ws" };
        return new Response(JSON.stringify(ticket), { status: this.ticketStatus });
      },
      WebSocket: class {
        /** @param {string} url */
        constructor(url) {
          return /** @type {any} */ (hub.open(url));
        }
      },
      setTimeout: (callback, milliseconds) => {
        const timer = {};
        this.#timers.push({ callback, at: this.now_ms + milliseconds, timer });
        return timer;
      },
      clearTimeout: (timer) => {
        this.#timers = this.#timers.filter((one) => one.timer !== timer);
      },
      now: () => this.now_ms,
      random: () => 1,
      cookies: () => "theme=x; csrftoken=abc%20d",
      socketOrigin: "ws://hub",
      onWake: (listener) => this.#wakers.push(listener),
      onLeave: (listener) => this.#leavers.push(listener),
    };
  }

  /** @param {number} milliseconds */
  async advance(milliseconds) {
    const end = this.now_ms + milliseconds;
    for (;;) {
      await settle();
      const next = this.#timers.sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#timers.shift();
      this.now_ms = Math.max(this.now_ms, next.at);
      next.callback();
    }
    this.now_ms = end;
    await settle();
  }

  async leave() {
    for (const leaver of this.#leavers) leaver();
    await settle();
  }

  async wake() {
    for (const waker of this.#wakers) waker();
    await settle();
  }
}

/** Speaks WAMP as a router does, with the fleet component behind it. */
export class FakeHub {
  up = true;
  /** Whether calls are answered. */
  answers = true;
  /** Whether subscriptions are answered at once; else by `subscribed`. */
  subscribes = true;
  /** @type {unknown} */
  #subscribing;
  /** Errors for the next calls: a URI, and the text if it has one. @type {(string | [string, string])[]} */
  errors = [];
  /** Pages by `after`. @type {Record<string, unknown>} */
  pages = { "": { at: 1_700_000_000, next: null, hosts: {} } };
  /** Results of other calls, or functions of the keywords, by procedure. @type {Record<string, unknown>} */
  results = {};
  /** @type {{procedure: string, keywords: any}[]} */
  calls = [];
  /** @type {any[]} */
  tickets = [];
  /** @type {FakeSocket[]} */
  sockets = [];
  tick = 0;

  /** @param {string} url */
  open(url) {
    const socket = new FakeSocket(this, url);
    this.sockets.push(socket);
    queueMicrotask(() => (this.up ? socket.opened() : socket.close()));
    return socket;
  }

  get socket() {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("nobody has connected");
    return socket;
  }

  /** @param {Record<string, unknown>} hosts */
  async publish(hosts, tick = this.tick + 1) {
    this.tick = tick;
    this.socket.receive([36, 7, 1, {}, [{ at: 1_700_000_000, tick, hosts }]]);
    await settle();
  }

  subscribed() {
    this.socket.receive([33, this.#subscribing, 7]);
  }

  /**
   * @param {FakeSocket} socket
   * @param {any[]} message
   */
  answer(socket, message) {
    const [type, request] = message;
    if (type === 1) socket.receive([4, "ticket", {}]);
    if (type === 5) this.tickets.push(request);
    if (type === 5) socket.receive([2, 1, { roles: { broker: { features: {} }, dealer: { features: {} } } }]);
    if (type === 32) this.#subscribing = request;
    if (type === 32 && this.subscribes) this.subscribed();
    if (type === 48 && this.answers) this.#result(socket, message);
  }

  /**
   * @param {FakeSocket} socket
   * @param {any[]} message
   */
  #result(socket, [, request, , procedure, , keywords]) {
    this.calls.push({ procedure, keywords });
    const error = this.errors.shift();
    const result = this.results[procedure] ?? this.pages[keywords.after];
    if (error) socket.receive([8, 48, request, {}, ...(typeof error === "string" ? [error] : [error[0], [error[1]]])]);
    else socket.receive([50, request, {}, [typeof result === "function" ? result(keywords) : result]]);
  }
}

export class FakeSocket {
  readyState = 0;
  protocol = "wamp.2.json";
  /** @type {any} */ onopen;
  /** @type {any} */ onclose;
  /** @type {any} */ onmessage;
  /** @type {any} */ onerror;

  /**
   * @param {FakeHub} hub
   * @param {string} url
   */
  constructor(hub, url) {
    this.hub = hub;
    this.url = url;
  }

  opened() {
    this.readyState = 1;
    this.onopen();
  }

  /** @param {string} text */
  send(text) {
    const message = JSON.parse(text);
    queueMicrotask(() => this.readyState === 1 && this.hub.answer(this, message));
  }

  /** @param {unknown} message */
  receive(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }

  close() {
    if (this.readyState === 3) return;
    this.readyState = 3;
    queueMicrotask(() => this.onclose({}));
  }
}
