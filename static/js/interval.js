/** @import { HostView } from "./protocol.js" */

/** Until it is known. */
const USUAL_S = 1;
/** A sample this many intervals old is late. */
const LATE_INTERVALS = 4;
const LATE_LEAST_S = 8;

/** Longer than this many intervals without a sample is a gap. */
export const GAP_INTERVALS = 2.5;

/**
 * Seconds between a host's regular samples: what its lock file pins, or what the hub asks for.
 * @param {HostView} host
 */
export function intervalOf({ config }) {
  return Number(config?.locked?.interval ?? config?.settings?.interval ?? USUAL_S);
}

/**
 * Whether a host that is up owes a sample.
 * @param {HostView} host
 * @param {number} now the hub's clock, in seconds
 */
export function isLate(host, now) {
  const { status, sample } = host;
  if (status !== "up" || !sample) return false;
  return now - sample.at > Math.max(LATE_LEAST_S, intervalOf(host) * LATE_INTERVALS);
}
