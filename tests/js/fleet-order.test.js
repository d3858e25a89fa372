import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_CHOSEN } from "../../static/js/choice.js";
import { FleetOrder, isElsewhere } from "../../static/js/fleet-order.js";
import { A_CONFIG, NOW, aHost } from "./support/hosts.js";

/**
 * @param {string} id
 * @param {number} cpu
 */
const busy = (id, cpu) => ({ id, host: aHost({ name: id, sample: { at: NOW, taken_at: NOW, metrics: { cpu_used_ratio: cpu }, failed: {} } }) });

/** @param {FleetOrder} order */
const ids = (order) => order.shown.groups.flatMap(({ entries }) => entries.map(({ id }) => id)).join("");

test("only what metrics move is due again, and not before two seconds", () => {
  const order = new FleetOrder();
  const due = (/** @type {Partial<import("../../static/js/choice.js").Choice>} */ choice, /** @type {number} */ after) => {
    order.arrange([busy("a", 1)], { ...NOTHING_CHOSEN, ...choice }, NOW, false);
    return order.isDue(NOW + after);
  };
  assert.deepEqual([due({ sort: "cpu" }, 1.9), due({ sort: "cpu" }, 2), due({ search: "cpu > 2" }, 2)], [false, true, true]);
  assert.deepEqual([due({}, 9), due({ sort: "status" }, 9), due({ search: "web tag:x" }, 9)], [false, false, false]);
  assert.ok(due({ sort: "cpu" }, -3600), "the clock was set back");
});

test("while it is held nothing that stays moves; then all stand where they belong", () => {
  const order = new FleetOrder();
  const choice = { ...NOTHING_CHOSEN, sort: "cpu", descending: true };
  order.arrange([busy("a", 0.9), busy("b", 0.5), busy("c", 0.1)], choice, NOW, false);
  const later = [busy("a", 0.1), busy("c", 0.9), busy("d", 1)];
  order.arrange(later, choice, NOW, true);
  assert.equal(ids(order), "acd");
  order.arrange(later, choice, NOW, false);
  assert.equal(ids(order), "dca");
});

test("what was held back is due later, also where no metric moves hosts", () => {
  const order = new FleetOrder();
  const choice = { ...NOTHING_CHOSEN, sort: "status" };
  const host = (/** @type {string} */ id, /** @type {"up" | "down"} */ status) => ({ id, host: aHost({ name: id, status }) });
  order.arrange([host("a", "up"), host("b", "up")], choice, NOW, false);
  const later = [host("a", "up"), host("b", "down")];
  order.arrange(later, choice, NOW, true);
  assert.deepEqual([ids(order), order.isDue(NOW + 1), order.isDue(NOW + 2)], ["ab", false, true]);
  order.arrange(later, choice, NOW + 2, false);
  assert.deepEqual([ids(order), order.isDue(NOW + 9)], ["ba", false]);
});

test("a search that is wrong leaves the hosts of the one before, and metrics that nobody has are known", () => {
  const order = new FleetOrder();
  const entries = [busy("a", 0.9), busy("b", 0.1)];
  order.arrange(entries, { ...NOTHING_CHOSEN, search: "cpu > 50" }, NOW, false);
  order.arrange(entries, { ...NOTHING_CHOSEN, search: "cpu > 50 or (" }, NOW, false);
  assert.deepEqual([ids(order), order.search], ["a", "cpu > 50"]);
  assert.deepEqual(order.matching(entries, NOTHING_CHOSEN, NOW), { up: 1, down: 0, disabled: 0, unapproved: 0 });
  order.arrange(entries, { ...NOTHING_CHOSEN, search: "load_7m > 50" }, NOW, false);
  assert.deepEqual([ids(order), order.unreported(entries)], ["", ["load_7m"]]);
});

test("what moves a host that is no metric", () => {
  const host = aHost();
  const moves = [{ name: "x" }, { status: /** @type {const} */ ("down") }, { address: "::1" }, { tags: ["x"] }, { config: { ...A_CONFIG, status: /** @type {const} */ ("failed") } }];
  for (const fields of moves) assert.ok(isElsewhere(host, { ...host, ...fields }), JSON.stringify(fields));
  assert.ok(isElsewhere(undefined, host) && isElsewhere(host, undefined));
  assert.ok(!isElsewhere(host, { ...host, sample: null, config: { ...A_CONFIG, revision: 99 } }));
});
