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
  ["uptime: seconds", format.uptime(59), "59 s"],
  ["uptime: two units", format.uptime(3 * 86_400 + 4 * 3600 + 59), "3 d 4 h"],
  ["uptime: nothing of the second unit", format.uptime(3 * 86_400 + 59), "3 d"],
  ["uptime: minutes and seconds", format.uptime(61), "1 min 1 s"],
  ["uptime: none yet", format.uptime(0), "0 s"],
  ["uptime: a clock that runs ahead", format.uptime(-5), "0 s"],
  ["milliseconds: less than one", format.milliseconds(0.44), "0.4 ms"],
  ["milliseconds: some", format.milliseconds(38.2), "38 ms"],
  ["milliseconds: rounds into seconds", format.milliseconds(999.6), "1.0 s"],
  ["milliseconds: many", format.milliseconds(12_345), "12 s"],
  ["counted: one", format.counted(1, "host"), "1 host"],
  ["counted: many", format.counted(1234, "host"), "1,234 hosts"],
];

const DE = formatter("de");
const AR = formatter("ar-EG");

/** Digits and separators are the language's, units are everybody's. */
TABLE.push(
  ["German: bytes", DE.bytes(1.5 * KIB), "1,5 KiB"],
  ["German: used of total", DE.usedOfTotal(0.5 * GIB, 16 * GIB), "0,5 / 16 GiB"],
  ["German: percent", DE.percent(0.426), "43\u00a0%"],
  ["German: rate", DE.rate(1.25 * KIB), "1,3 KiB/s"],
  ["German: load", DE.load(1.5), "1,50"],
  ["German: counted", DE.counted(12_345, "host"), "12.345 hosts"],
  ["German: uptime", DE.uptime(400 * 86_400 + 3600), "400 d 1 h"],
  ["German: milliseconds", DE.milliseconds(1500), "1,5 s"],
  ["Arabic: bytes", AR.bytes(1.5 * KIB), "١٫٥ KiB"],
  ["Arabic: percent", AR.percent(0.426), "٤٣٪\u061c"],
  ["Arabic: uptime", AR.uptime(3 * 86_400 + 4 * 3600), "٣ d ٤ h"],
  ["Arabic: degrees", AR.celsius(47), "٤٧°م"],
  ["Arabic: milliseconds", AR.milliseconds(38), "٣٨ ms"],
);

test("the time of day, with seconds when it is to be precise", () => {
  const at = new Date(2026, 0, 2, 15, 4, 5).getTime() / 1000;
  assert.equal(formatter("en-GB").clock(at, false), "15:04");
  assert.equal(formatter("en-GB").clock(at, true), "15:04:05");
});

for (const [what, formatted, expected] of TABLE) test(what, () => assert.equal(formatted, expected));
