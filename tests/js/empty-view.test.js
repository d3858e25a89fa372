import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_CHOSEN } from "../../static/js/choice.js";
import { whyNone } from "../../static/js/empty-view.js";

test("why no host is shown", () => {
  const down = /** @type {const} */ ({ ...NOTHING_CHOSEN, status: "down" });
  assert.equal(whyNone({ hosts: 3, disabled: 3, waiting: 0, unreported: [] }, NOTHING_CHOSEN), "All 3 hosts are disabled.");
  assert.equal(whyNone({ hosts: 1, disabled: 1, waiting: 0, unreported: [] }, NOTHING_CHOSEN), "The one host there is is disabled.");
  assert.equal(whyNone({ hosts: 3, disabled: 3, waiting: 0, unreported: [] }, down), "None of the 3 hosts matches.");
  assert.equal(whyNone({ hosts: 1, disabled: 0, waiting: 2, unreported: ["cpu_x"] }, { ...NOTHING_CHOSEN, search: "x" }), "The one host there is does not match. No host reports cpu_x.");
});
