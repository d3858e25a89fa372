import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_CHOSEN } from "../../static/js/choice.js";
import { whyNone } from "../../static/js/empty-view.js";
import { quoted } from "../../static/js/filter-words.js";

const PRESENT = { hosts: 3, disabled: 0, waiting: 0, namesStatus: false, unreported: [], tags: new Map() };

test("why no host is shown", () => {
  const down = /** @type {const} */ ({ ...NOTHING_CHOSEN, status: "down" });
  assert.equal(whyNone({ ...PRESENT, disabled: 3 }, NOTHING_CHOSEN), "All 3 hosts are disabled.");
  assert.equal(whyNone({ ...PRESENT, hosts: 1, disabled: 1 }, NOTHING_CHOSEN), "The one host there is is disabled.");
  assert.equal(whyNone({ ...PRESENT, disabled: 3 }, down), "None of the 3 hosts matches: down.");
  const one = whyNone({ ...PRESENT, hosts: 1, waiting: 2, unreported: ["cpu_x"] }, { ...NOTHING_CHOSEN, search: "x" });
  assert.equal(one, `The one host there is does not match: ${quoted("x")}. No host reports cpu_x.`);
});

test("as many are asked as the header counts", () => {
  const asked = { ...NOTHING_CHOSEN, search: "x" };
  assert.equal(whyNone({ ...PRESENT, disabled: 1 }, asked), `None of the 2 hosts that are not disabled matches: ${quoted("x")}.`);
  assert.equal(whyNone({ ...PRESENT, disabled: 2 }, asked), `The one host that is not disabled does not match: ${quoted("x")}.`);
});

test("a search that names a status asks disabled hosts, too", () => {
  const asked = { ...NOTHING_CHOSEN, search: "status:disabled x" };
  assert.equal(whyNone({ ...PRESENT, disabled: 1, namesStatus: true }, asked), `None of the 3 hosts matches: ${quoted("status:disabled x")}.`);
});

test("a tag that no host has is named", () => {
  const choice = { ...NOTHING_CHOSEN, tag: "gone" };
  assert.equal(whyNone(PRESENT, choice), `No host has the tag ${quoted("gone")}.`);
  assert.equal(whyNone({ ...PRESENT, tags: new Map([["gone", 1]]) }, choice), `None of the 3 hosts matches: tag ${quoted("gone")}.`);
});
