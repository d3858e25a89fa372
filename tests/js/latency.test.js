import assert from "node:assert/strict";
import { test } from "node:test";
import { Latencies, latencyOf } from "../../static/js/latency.js";
import { NOW, aHost } from "./support/hosts.js";

/**
 * A host whose clock is 100 s ahead and that took its sample so long ago.
 * @param {number} milliseconds
 * @param {number} now
 */
const late = (milliseconds, now = NOW) =>
  aHost({ clock_offset: 100, sample: { at: now, taken_at: now + 100 - milliseconds / 1000, metrics: {}, failed: {} } });

test("from the instant of the sample, on the hub's clock, to that of drawing", () => {
  const latencies = new Latencies();
  const host = late(38);
  assert.equal(latencyOf(host), null);
  latencies.note(host, NOW);
  assert.equal(Math.round(latencyOf(host) ?? 0), 38);
  latencies.note(host, NOW + 9);
  assert.equal(Math.round(latencyOf(host) ?? 0), 38, "what is drawn again is not newer");
});

test("never negative, and nothing is made up without the host's clock", () => {
  const latencies = new Latencies();
  const early = late(-5);
  const unknown = aHost({ clock_offset: null });
  for (const host of [early, unknown, aHost({ sample: null })]) latencies.note(host, NOW);
  assert.deepEqual([latencyOf(early), latencyOf(unknown), latencies.spread(NOW)?.count], [0, null, 1]);
});

test("the spread is that of the last minute", () => {
  const latencies = new Latencies();
  for (let milliseconds = 1; milliseconds <= 100; milliseconds += 1) latencies.note(late(milliseconds + 0.5), NOW);
  assert.deepEqual(latencies.spread(NOW), { p50: 51, p99: 100, count: 100 });
  latencies.note(late(4_250, NOW + 40), NOW + 40);
  assert.equal(latencies.spread(NOW + 59)?.count, 101);
  assert.deepEqual(latencies.spread(NOW + 70), { p50: 4_200, p99: 4_200, count: 1 });
  assert.equal(latencies.spread(NOW + 200), null);
});
