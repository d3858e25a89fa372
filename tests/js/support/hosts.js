/** @import { HostConfig, HostView } from "../../../static/js/protocol.js" */

export const NOW = 1_700_000_000;

/** @type {HostConfig} */
export const A_CONFIG = {
  revision: 12,
  status: "applied",
  at: NOW - 60,
  milliseconds: 38,
  error: "",
  locked: {},
  settings: { interval: 1 },
};

/**
 * A host that is up, with what a test wants otherwise.
 * @param {Partial<HostView>} fields
 * @returns {HostView}
 */
export function aHost(fields = {}) {
  return {
    name: "web-1",
    address: "10.0.0.1",
    tags: [],
    status: "up",
    connected: (fields.status ?? "up") === "up",
    since: NOW - 3 * 3600,
    sample: { at: NOW - 1, taken_at: NOW - 1, metrics: { cpu_used_ratio: 0.5, cpu_core_used_ratio: { 0: 0.4, 1: 0.6 } }, failed: {} },
    config: A_CONFIG,
    ...fields,
  };
}
