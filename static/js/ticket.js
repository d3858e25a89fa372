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

/**
 * A new ticket from Django. LoggedOut if nobody is logged in; another Error if the hub does not answer as it should.
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

/** @param {string} cookies as in `document.cookie` */
export function csrfToken(cookies) {
  const cookie = cookies.split("; ").find((pair) => pair.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
}
