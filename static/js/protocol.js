/**
 * The wire as the browser knows it: the URIs and shapes of `components/protocol.py`. No other module has a URI in it.
 */

export const REALM = "vedette";
export const AUTH_APPROVE = "vedette.auth.approve";
export const AUTH_DENY = "vedette.auth.deny";
export const FLEET_GET_SNAPSHOT = "vedette.fleet.get_snapshot";
export const FLEET_ON_UPDATE = "vedette.fleet.on_update";
export const HOST_WATCH = "vedette.host.watch";
export const HOST_ON_SAMPLE = "vedette.host.on_sample";
export const HOST_QUERY = "vedette.host.query";
export const HISTORY_GET_SERIES = "vedette.history.get_series";
export const CONFIG_SET = "vedette.config.set";

/** Every `at` and `since` is UTC seconds since the epoch. Units stand in the names of metrics. */

/** @typedef {"up" | "down" | "disabled" | "unapproved"} Status */
/** @typedef {number | Record<string, number>} MetricValue one number, or one for each instance (core, mount point, interface) */
/** @typedef {Record<string, boolean | number>} Settings */

/**
 * @typedef {object} HostSample
 * @property {number} at when the hub received it
 * @property {number} taken_at when the host took it, by its own clock
 * @property {Record<string, MetricValue>} metrics
 * @property {Record<string, string>} [failed] reason by collector, `disk` or `disk[/mnt/x]`
 */

/**
 * @typedef {object} HostConfig
 * @property {number} revision
 * @property {"applied" | "pending" | "failed"} status
 * @property {number} [at] when it was saved
 * @property {number | null} [milliseconds] from commit to outcome
 * @property {string} [error] why it failed and which revision stays in force
 * @property {Settings} [locked] what the host pins, and to what
 * @property {Settings} [settings]
 */

/**
 * @typedef {object} HostAbsence why a host is away, or was before it came back
 * @property {"stopped" | "lost" | "restarted" | "hub" | "revoked"} reason
 * @property {string} text what its agent said when it stopped
 */

/**
 * @typedef {object} HostFacts what the host said of itself at its newest join; untrusted text
 * @property {string} system
 * @property {string} cpu_model
 * @property {number} cpu_count
 * @property {number} memory_total_bytes
 * @property {string} agent_version
 */

/**
 * @typedef {object} HostView
 * @property {string} name
 * @property {string | null} [address]
 * @property {string[]} [tags]
 * @property {Status} status
 * @property {boolean} connected whether it has a session
 * @property {number | null} [since] when it last came or went; when a key that waits first asked
 * @property {number | null} [enrolled_at] when it was added
 * @property {number | null} [disabled_at] of a disabled host, since when it is
 * @property {HostSample | null} [sample]
 * @property {HostAbsence | null} [absence]
 * @property {boolean} [duplicate_key] two agents use this host's key
 * @property {string | null} [fingerprint] of an unapproved host, whose name is only what it proposes
 * @property {HostFacts | null} [facts] null until it has said something
 * @property {number | null} [clock_offset] seconds that the host's clock is ahead of the hub's; null when that is not known
 * @property {HostConfig | null} [config] null of an unapproved host
 * @property {string | null} [refused] why the newest sample was refused
 */

/**
 * @typedef {object} SnapshotPage
 * @property {number} at
 * @property {string | null} next what to pass as `after` for the next page
 * @property {Record<string, HostView>} hosts
 */

/**
 * @typedef {object} Update
 * @property {number} at
 * @property {number} tick one more with each message
 * @property {Record<string, Record<string, unknown> | null>} hosts only what changed; null for what is gone
 */
