import assert from "node:assert/strict";
import { test } from "node:test";
import { formatter } from "../../static/js/format.js";
import { tabState } from "../../static/js/tab.js";

const format = formatter("en");
const ALL_UP = { up: 3, down: 0, disabled: 1, unapproved: 1 };
const TWO_DOWN = { ...ALL_UP, down: 2 };
/** @type {import("../../static/js/session.js").State} */
const LIVE = { kind: "live" };

test("the tab tells how many hosts are down, and which host is open", () => {
  assert.deepEqual(tabState(ALL_UP, LIVE, format), { title: "Vedette", icon: "icon" });
  assert.deepEqual(tabState(TWO_DOWN, LIVE, format), { title: "(2 down) Vedette", icon: "icon-down" });
  assert.equal(tabState({ ...ALL_UP, down: 1200 }, LIVE, format).title, "(1,200 down) Vedette");
  assert.deepEqual(tabState(TWO_DOWN, LIVE, format, "web-1"), { title: "(2 down) web-1 · Vedette", icon: "icon-down" });
});

test("what the page knew before it lost the hub is no news", () => {
  assert.deepEqual(tabState(TWO_DOWN, { kind: "reconnecting", retryAt: null }, format), { title: "(offline) Vedette", icon: "icon-offline" });
  assert.deepEqual(tabState(ALL_UP, { kind: "logged out", isOther: false }, format, "web-1"), { title: "(offline) web-1 · Vedette", icon: "icon-offline" });
  assert.deepEqual(tabState(ALL_UP, { kind: "connecting" }, format), { title: "Vedette", icon: "icon" });
});
