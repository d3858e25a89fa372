import assert from "node:assert/strict";
import { test } from "node:test";
import { formatter } from "../../static/js/format.js";

const format = formatter("en");
const KIB = 1024;
const GIB = 1024 ** 3;

/** @type {[string, string, string][]} what, formatted, expected */
const TABLE = [
  ["bytes: none", format.bytes(0), "0 B"],
  ["bytes: few", format.bytes(999), "999 B"],
  ["bytes: one KiB", format.bytes(KIB), "1.0 KiB"],
  ["bytes: rounds into the next unit", format.bytes(1023.9 * KIB), "1.0 MiB"],
  ["bytes: two digits", format.bytes(15.5 * GIB), "16 GiB"],
  ["bytes: one digit", format.bytes(9.94 * GIB), "9.9 GiB"],
  ["bytes: no thousands", format.bytes(9.96 * GIB), "10 GiB"],
  ["bytes: beyond all units", format.bytes(2 ** 63), "8.0 EiB"],
  ["used of total shares the unit", format.usedOfTotal(0.5 * GIB, 16 * GIB), "0.5 / 16 GiB"],
  ["rate", format.rate(1.25 * KIB), "1.3 KiB/s"],
  ["percent", format.percent(0.426), "43%"],
  ["percent to a tenth", format.exactPercent(0.4264), "42.6%"],
  ["bytes to three digits", format.exactBytes(15.52 * GIB), "15.5 GiB"],
  ["bytes to three digits: a round number is short", format.exactBytes(1.5 * GIB), "1.5 GiB"],
  ["degrees", format.celsius(61.4), "61°C"],
  ["degrees in another language", formatter("de").celsius(-5).replace(/\s/, " "), "-5 °C"],
  ["load", format.load(1.5), "1.50"],
  ["duration: seconds", format.duration(59.9), "59 s"],
  ["duration: minutes", format.duration(60), "1 min"],
  ["duration: hours", format.duration(3 * 3600 + 59), "3 h"],
  ["duration: days", format.duration(400 * 86_400), "400 d"],
  ["duration: a clock that runs ahead", format.duration(-5), "0 s"],
  ["age", format.age(5.2), "5 s ago"],
  ["delay: short", format.delay(38.2), "38 ms"],
  ["delay: without separators", format.delay(1_234), "1234 ms"],
  ["delay: long", format.delay(3 * 3_600_000), "3 h"],
  ["number", format.number(0.2), "0.2"],
  ["another language", formatter("de").bytes(1.5 * KIB), "1,5 KiB"],
];

test("the time of day, with seconds when it is to be precise", () => {
  const at = new Date(2026, 0, 2, 15, 4, 5).getTime() / 1000;
  assert.equal(formatter("en-GB").clock(at, false), "15:04");
  assert.equal(formatter("en-GB").clock(at, true), "15:04:05");
});

for (const [what, formatted, expected] of TABLE) test(what, () => assert.equal(formatted, expected));
