import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement } from "../../static/js/announcer.js";
import { cardRows } from "../../static/js/card-rows.js";
import { factsText } from "../../static/js/describe.js";
import { formatter } from "../../static/js/format.js";
import { loginUrl } from "../../static/js/header-view.js";
import { isLate } from "../../static/js/interval.js";
import { A_CONFIG, NOW, aHost } from "./support/hosts.js";

const GIB = 1024 ** 3;
const format = formatter("en");

/**
 * @param {Record<string, any>} metrics
 * @param {Record<string, string>} failed
 */
const rows = (metrics, failed = {}, expanded = false) => cardRows({ at: NOW, taken_at: NOW, metrics, failed }, format, expanded);

/** @param {Record<string, any>} metrics */
const keys = (metrics, failed = {}, expanded = false) => rows(metrics, failed, expanded).map(({ key }) => key);

const ALL = {
  cpu_used_ratio: 0.5,
  cpu_core_used_ratio: { 10: 0.1, 2: 0.9 },
  memory_total_bytes: 16 * GIB,
  memory_used_bytes: 4 * GIB,
  disk_total_bytes: { "/": 100 * GIB, "/home": 0 },
  disk_used_bytes: { "/": 50 * GIB, "/home": 0 },
  network_received_bytes_per_second: { eth0: 2048 },
  network_sent_bytes_per_second: { eth0: 10 },
  load_1m: 1,
  load_5m: 2,
  load_15m: 3,
};

test("a row for each thing, in a fixed order", () => {
  assert.deepEqual(keys(ALL), ["cpu", "memory", "disk:/", "disk:/home", "network:eth0", "load"]);
});

test("swap follows memory, where there is any", () => {
  const swap = { swap_total_bytes: 8 * GIB, swap_used_bytes: 2 * GIB };
  assert.deepEqual(keys({ ...ALL, ...swap }).slice(0, 3), ["cpu", "memory", "swap"]);
  assert.deepEqual(keys({ swap_total_bytes: 0, swap_used_bytes: 0 }), []);
});

test("the last minutes stand beside CPU, memory and the first interface", () => {
  const two = { ...ALL, network_received_bytes_per_second: { eth0: 1, eth1: 1 } };
  assert.deepEqual(rows(two).filter(({ trend }) => trend).map(({ key, trend }) => `${key} ${trend}`), ["cpu cpu", "memory memory", "network:eth0 network"]);
});

test("what a host is and how it does, on one line", () => {
  const facts = { system: "Ubuntu 24.04", cpu_model: "", cpu_count: 2, memory_total_bytes: 1, agent_version: "1" };
  const metrics = { uptime_seconds: 86_400 * 12, temperature_celsius: { nvme: 40, package: 61.4, acpi: 20 } };
  assert.equal(factsText(aHost({ facts, sample: { at: NOW, taken_at: NOW, metrics } }), format), "running for 12 d · 61°C · Ubuntu 24.04");
  assert.equal(factsText(aHost({ sample: null }), format), "");
});

test("cores are ordered as numbers", () => {
  const [cpu] = rows(ALL);
  assert.deepEqual(cpu?.ratios, [0.9, 0.1]);
  assert.equal(cpu?.words, "CPU 50%, 2 cores, the busiest 90%");
});

test("values are written out", () => {
  const values = rows(ALL).map(({ value, second }) => [value, second].filter(Boolean).join(" "));
  assert.deepEqual(values, ["50%", "4.0 / 16 GiB", "50 / 100 GiB", "0 / 0 B", "2.0 KiB/s 10 B/s", "1.00  2.00  3.00"]);
});

test("what a sample does not have leaves no row", () => {
  assert.deepEqual(keys({}), []);
  assert.deepEqual(cardRows(null, format, false), []);
});

test("a failure stands in the place of what failed", () => {
  const failed = { "disk[/mnt/x]": "no answer within 0.5 s", network: "gone", gpu: "none" };
  const { network_received_bytes_per_second: _, ...metrics } = ALL;
  assert.deepEqual(keys(metrics, failed), ["cpu", "memory", "disk:/", "disk:/home", "failed:disk[/mnt/x]", "failed:network", "load", "failed:gpu"]);
  assert.deepEqual(
    rows(metrics, failed).filter(({ kind }) => kind === "failed").map(({ label, value }) => `${label}: ${value}`),
    ["/mnt/x: no answer within 0.5 s", "Network: gone", "gpu: none"],
  );
});

test("long lists are shortened until asked for", () => {
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`eth${index}`, 1]));
  const metrics = { network_received_bytes_per_second: many };
  assert.deepEqual(keys(metrics), ["network:eth0", "network:eth1", "network:eth2", "more:network"]);
  assert.equal(rows(metrics).at(-1)?.value, "6 more");
  assert.equal(keys(metrics, {}, true).length, 10);
});

test("metrics of an unexpected shape are left out", () => {
  assert.deepEqual(keys({ cpu_used_ratio: { a: 1 }, memory_total_bytes: { b: 1 }, disk_total_bytes: 5, load_1m: { c: 2 } }), []);
});

test("a sample is late by its interval, and only while the host is up", () => {
  const old = { at: NOW - 30, taken_at: NOW - 30, metrics: {}, failed: {} };
  assert.ok(isLate(aHost({ sample: old }), NOW));
  assert.ok(!isLate(aHost({ sample: old, status: "down" }), NOW));
  assert.ok(!isLate(aHost({ sample: old, config: { ...A_CONFIG, locked: { interval: 20 } } }), NOW));
});

test("announcements name few hosts and count many", () => {
  const down = (/** @type {string} */ name) => ({ name, after: /** @type {const} */ ("down") });
  assert.equal(announcement([down("a"), { name: "b", after: "up" }], 0, format), "a is down. b is up.");
  assert.equal(announcement(["a", "b", "c", "d"].map(down), 0, format), "4 hosts are down.");
  assert.equal(announcement([{ name: "a", after: "disabled" }], 0, format), "");
  assert.equal(announcement([down("a")], 1, format), "a is down. A new key waits for approval.");
  assert.equal(announcement(Array(1000).fill(down("a")), 3000, format), "1,000 hosts are down. 3,000 new keys wait for approval.");
});

test("the login page leads back to the same choice", () => {
  assert.equal(loginUrl({ pathname: "/", search: "", hash: "#show=down" }), "/login/?next=%2F%23show%3Ddown");
});
