/**
 * What every part of the page is given.
 * @typedef {object} Services
 * @property {import("./store.js").FleetStore} store what is known of the fleet
 * @property {import("./session.js").Session} session calls and topics of the hub
 * @property {import("./platform.js").Platform} platform clock and timers
 * @property {import("./format.js").Formatter} format numbers as people read them
 * @property {import("./preferences.js").Preferences} preferences remembered for this user
 * @property {import("./choices.js").Choices} choices what the page shows, as its address has it
 * @property {import("./marked.js").Marked} marked the hosts an operator has picked
 * @property {import("./series.js").Series} series the last minutes of metrics
 * @property {import("./recent.js").Recent} recent the same as small courses show them, of the hosts in view
 * @property {readonly import("./settings-table.js").Setting[]} settingsTable what can be set for a host
 * @property {"operator" | "viewer"} role
 * @property {(hosts: Iterable<string>, part?: import("./settings-dialog.js").Part) => void} openSettings the dialog, for viewers without controls
 * @property {string | null} hostsUrl the admin's host list, for those who may use it
 * @property {() => void} redraw ask for a frame
 */

export {};
