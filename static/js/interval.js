/** @import { HostView } from "./protocol.js" */

/** Until it is known. */
const USUAL_S = 1;

/** Longer than this many intervals without a sample is a gap. */
export const GAP_INTERVALS = 2.5;

/**
 * Seconds between a host's regular samples: what its lock file pins, or what the hub asks for.
 * @param {HostView} host
 */
export function intervalOf({ config }) {
  return Number(config?.locked?.interval ?? config?.settings?.interval ?? USUAL_S);
}
