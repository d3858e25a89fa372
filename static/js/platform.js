/**
 * What the session needs of the browser. Tests hand in their own.
 * @typedef {object} Platform
 * @property {(url: string, init: RequestInit) => Promise<Response>} fetch
 * @property {any} WebSocket null: the browser's own
 * @property {(callback: () => void, milliseconds: number) => unknown} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} now milliseconds since the epoch
 * @property {() => number} random from 0 to 1
 * @property {() => string} cookies
 * @property {string} socketOrigin `ws://host:port` or `wss://…`
 * @property {(listener: () => void) => void} onWake the page is looked at again, or the network is back
 * @property {(listener: () => void) => void} onLeave the page is not looked at any more, and may be closed
 */

/** @returns {Platform} */
export function browserPlatform() {
  return {
    fetch: (url, init) => fetch(url, init),
    WebSocket: null,
    setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
    clearTimeout: (timer) => clearTimeout(timer),
    now: () => Date.now(),
    random: () => Math.random(),
    cookies: () => document.cookie,
    socketOrigin: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`,
    onWake(listener) {
      addEventListener("online", listener);
      document.addEventListener("visibilitychange", () => document.hidden || listener());
    },
    onLeave(listener) {
      document.addEventListener("visibilitychange", () => document.hidden && listener());
    },
  };
}

/** Somebody did not answer in time. */
export class TimedOut extends Error {}

/**
 * `promise`, or TimedOut.
 * @template T
 * @param {Platform} platform
 * @param {Promise<T>} promise
 * @param {number} milliseconds
 * @param {string} what should have answered
 * @returns {Promise<T>}
 */
export function within(platform, promise, milliseconds, what) {
  return new Promise((resolve, reject) => {
    const timer = platform.setTimeout(() => reject(new TimedOut(`${what}: no answer within ${milliseconds / 1000} s`)), milliseconds);
    promise.then(resolve, reject).finally(() => platform.clearTimeout(timer));
  });
}
