import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ageText, configText, pinnedTexts, statusLine, statusText, whyShort } from "../../static/js/describe.js";
import { formatter } from "../../static/js/format.js";
import { isLong } from "../../static/js/line.js";
import { readSettings } from "../../static/js/settings-table.js";
import { WHY_REM, statusLines } from "../../static/js/table-cells.js";
import { A_CONFIG, NOW, aHost } from "./support/hosts.js";

/** @import { HostAbsence, HostConfig, HostView, Status } from "../../static/js/protocol.js" */

const format = formatter("en");

/** @param {Partial<HostConfig>} fields */
const config = (fields) => ({ ...A_CONFIG, ...fields });

/** @type {[Partial<HostView>, string][]} */
const CONFIGS = [
  [{}, "rev 12 · applied in 38 ms"],
  [{ config: config({ milliseconds: null }) }, "rev 12 · applied"],
  [{ config: config({ status: "pending" }) }, "rev 12 · pending"],
  [{ config: config({ status: "pending" }), status: "down" }, "rev 12 · pending (offline 3 h)"],
  [{ config: config({ status: "pending" }), status: "down", since: null }, "rev 12 · pending (offline)"],
  [{ config: config({ status: "pending", revision: 13 }), status: "disabled", connected: false }, "rev 13 · pending (offline 3 h)"],
  [{ config: config({ status: "pending", revision: 14 }), status: "disabled", connected: true }, "rev 14 · pending"],
  [{ config: config({ status: "failed", error: "interval below 0.2 s (kept rev 11)" }) }, "rev 12 · failed: interval below 0.2 s (kept rev 11)"],
];

for (const [fields, expected] of CONFIGS) test(expected, () => assert.equal(configText(aHost(fields), NOW, format), expected));

/**
 * @param {HostAbsence["reason"]} reason
 * @returns {HostAbsence}
 */
const absence = (reason, text = "") => ({ reason, text });

/** @type {[Partial<HostView>, string][]} */
const STATUSES = [
  [{}, "up 3 h"],
  [{ absence: absence("lost") }, "up 3 h"],
  [{ absence: absence("lost"), since: NOW - 120 }, "up 2 min"],
  [{ absence: absence("restarted"), since: NOW - 120 }, "up 2 min · host restarted"],
  [{ absence: absence("restarted"), since: NOW - 600 }, "up 10 min"],
  [{ status: "down" }, "down 3 h"],
  [{ status: "down", absence: absence("lost") }, "down 3 h · connection lost"],
  [{ status: "down", absence: absence("stopped", "the node stops"), since: NOW - 300 }, "down 5 min · stopped: the node stops"],
  [{ status: "down", absence: absence("stopped") }, "down 3 h · stopped"],
  [{ status: "down", absence: absence("hub"), since: NOW - 60 }, "down 1 min · hub was away"],
  [{ status: "down", absence: absence("revoked"), since: NOW - 7200, connected: true }, "down 2 h · revoked"],
  [{ status: "down", absence: absence("restarted") }, "down 3 h"],
  [{ status: "down", since: null }, "down · never connected"],
  [{ status: "down", since: null, enrolled_at: NOW - 7200 }, "down 2 h · never connected"],
  [{ status: "disabled", connected: true, absence: absence("lost") }, "disabled"],
  [{ status: "disabled", connected: true, disabled_at: NOW - 60 }, "disabled 1 min"],
  [{ status: "disabled", connected: false, disabled_at: NOW - 60, absence: absence("lost") }, "disabled 1 min · connection lost"],
  [{ status: "unapproved", since: NOW - 60 }, "waits for approval · first asked 1 min ago"],
];

for (const [fields, expected] of STATUSES)
  test(`status ${JSON.stringify(fields)}`, () => assert.equal(statusText(aHost(fields), NOW, format), expected));

test("the table's column has room for the reason in short, whatever the font", () => {
  for (const reason of /** @type {const} */ (["stopped", "lost", "restarted", "hub", "revoked"])) {
    const word = whyShort(aHost({ status: reason === "restarted" ? "up" : "down", since: NOW - 60, absence: absence(reason, "a long text") }), NOW);
    assert.ok(word && !isLong(word, WHY_REM), word);
  }
  const word = whyShort(aHost({ status: "down", since: null }), NOW);
  assert.ok(word && !isLong(word, WHY_REM), word);
});

test("a word as long as “disabled” leaves how long to the line below", () => {
  assert.deepEqual(statusLines(aHost({ status: "down", absence: absence("lost") }), NOW, format), ["down 3 h", "lost"]);
  assert.deepEqual(statusLines(aHost({ status: "disabled", disabled_at: NOW - 60, absence: absence("lost") }), NOW, format), ["disabled", "1 min"]);
  assert.deepEqual(statusLines(aHost({ status: "disabled" }), NOW, format), ["disabled", ""]);
});

/**
 * Hosts and what is said of their status: tests/unit/django_app/test_words.py asks Django for the same.
 * @type {{status: Status, says: string, seconds?: number | null, connected?: boolean, reason?: HostAbsence["reason"], text?: string, duplicate?: boolean}[]}
 */
const LINES = JSON.parse(readFileSync(new URL("./support/status-lines.json", import.meta.url), "utf8"));

for (const { status, says, seconds = 3 * 3600, connected = status === "up", reason, text = "", duplicate = false } of LINES) {
  const since = seconds === null ? null : NOW - seconds;
  const times = { since, enrolled_at: NOW - 86_400, disabled_at: NOW - 3600 };
  const host = aHost({ status, connected, ...times, absence: reason ? { reason, text } : null, duplicate_key: duplicate });
  test(`the line ${says}`, () => assert.equal(statusLine(host, NOW, format), says));
}

test("the age of the sample, if there is one", () => {
  assert.equal(ageText(aHost(), NOW, format), "1 s ago");
  assert.equal(ageText(aHost({ sample: null }), NOW, format), "no sample");
});

test("pinned fields are called as everywhere, with their values", () => {
  const table = readSettings(`[
    {"name": "interval", "default": 1.0, "help": "", "minimum": 0.2, "maximum": 3600.0, "unit": "s", "label": "interval"},
    {"name": "show_disk", "default": true, "help": "", "minimum": null, "maximum": null, "unit": "", "label": "show disks"}]`);
  const host = aHost({ config: config({ locked: { show_disk: false, interval: 5, later: 7 } }) });
  assert.deepEqual(pinnedTexts(host, table, format), ["Interval pinned on the host: 5 s", "later pinned on the host: 7", "Show disks pinned on the host: off"]);
});
