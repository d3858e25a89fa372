/** @import { Platform } from "./platform.js" */

const TICKET_PATH = "/ticket/";
const UNAUTHORIZED = 401;

/**
 * What a browser shows the router once, to join as its logged-in user.
 * @typedef {object} Ticket
 * @property {string} realm
 * @property {string} authid
 * @property {string} authmethod
 * @property {string} ticket
 * @property {string} path of the WebSocket
 */

/** Django does not know who this browser is: its user has to log in again. */
export class LoggedOut extends Error {}

/** Another user has logged in since this page was opened: what it shows and allows is not theirs. */
export class SomebodyElse extends LoggedOut {}

/**
 * A new ticket from Django, for whoever is logged in. LoggedOut if nobody is; another Error if the hub does not answer as it should.
 * @param {Platform} platform
 * @returns {Promise<Ticket>}
 */
export async function fetchTicket(platform) {
  const response = await platform.fetch(TICKET_PATH, {
    method: "POST",
    headers: { "X-CSRFToken": csrfToken(platform.cookies()), Accept: "application/json" },
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
  });
  if (response.status === UNAUTHORIZED) throw new LoggedOut("nobody is logged in");
  if (!response.ok) throw new Error(`the hub gave no ticket (HTTP ${response.status})`);
  return response.json();
}

/**
 * The id of the user that a ticket is for, as in `user:7:k3v9x0q2m5ab`.
 * @param {Ticket} ticket
 */
export function userOf({ authid }) {
  return authid.split(":")[1] ?? "";
}

/** @param {string} cookies as in `document.cookie` */
export function csrfToken(cookies) {
  const cookie = cookies.split("; ").find((pair) => pair.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
}
