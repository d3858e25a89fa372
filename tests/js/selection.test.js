import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_CHOSEN } from "../../static/js/choice.js";
import { select } from "../../static/js/selection.js";
import { aHost } from "./support/hosts.js";

const ENTRIES = [
  { id: "1", host: aHost({ name: "web-10", tags: ["Prod"], address: "10.0.0.10" }) },
  { id: "2", host: aHost({ name: "web-2", tags: ["test"], status: "down" }) },
  { id: "3", host: aHost({ name: "Café", status: "disabled" }) },
  { id: "4", host: aHost({ name: "new", status: "unapproved" }) },
  { id: "5", host: aHost({ name: "web-2" }) },
];

/**
 * @param {import("../../static/js/choice.js").StatusChoice} status
 * @param {string} search
 */
const ids = (status, search = "") =>
  select(ENTRIES, { ...NOTHING_CHOSEN, status, search })
    .groups.flatMap(({ entries }) => entries)
    .map(({ id }) => id)
    .join("");

test("all leaves disabled hosts and waiting keys out; order by name, then id", () => assert.equal(ids("all"), "251"));
test("up", () => assert.equal(ids("up"), "51"));
test("down", () => assert.equal(ids("down"), "2"));
test("disabled", () => assert.equal(ids("disabled"), "3"));
test("every word must occur in name, address or tags", () => assert.equal(ids("all", " PROD web "), "1"));
test("addresses are searched", () => assert.equal(ids("all", "0.10"), "1"));
test("accents do not matter", () => assert.equal(ids("disabled", "cafe"), "3"));
