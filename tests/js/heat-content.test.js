import assert from "node:assert/strict";
import { test } from "node:test";
import { scaleFor } from "../../static/js/colour-scale.js";
import { NUMERIC_FIELDS } from "../../static/js/fields.js";
import { formatter } from "../../static/js/format.js";
import { heatContent, mostOf } from "../../static/js/heat-content.js";
import { metricNamed } from "../../static/js/metric-select.js";
import { NOW, aHost } from "./support/hosts.js";

const format = formatter("en");
const cpu = metricNamed("cpu");
const scale = scaleFor("ratio", 1);

/** @param {Partial<import("../../static/js/protocol.js").HostView>} fields */
const content = (fields) => heatContent(aHost(fields), cpu, scale, NOW, format);

test("a cell has the colour and the words of its value", () => {
  assert.deepEqual(content({}), { name: "web-1", value: "50%", words: "web-1 50%, CPU", step: 4, mark: "" });
});

test("a host that is not up has a mark in place of a colour, whatever its last value was", () => {
  assert.deepEqual(content({ status: "down" }), { name: "web-1", value: "down", words: "web-1 down", step: 0, mark: "down" });
  assert.equal(content({ status: "disabled" }).mark, "disabled");
});

test("a host that owes a sample has a mark, and does not stretch the scale; the age of its sample is as new as can be", () => {
  const late = aHost({ sample: { at: NOW - 60, taken_at: NOW - 60, metrics: { cpu_used_ratio: 0.9 }, failed: {} } });
  assert.deepEqual(heatContent(late, cpu, scale, NOW, format), { name: "web-1", value: "late", words: "web-1 late", step: 0, mark: "late" });
  assert.equal(mostOf([late, aHost()], cpu, NOW), 0.5);
  assert.equal(heatContent(late, metricNamed("age"), scaleFor("seconds", 60), NOW, format).mark, "");
});

test("what is not known has a mark of its own", () => {
  assert.deepEqual(content({ sample: null }), { name: "web-1", value: "–", words: "web-1 no value", step: 0, mark: "unknown" });
});

test("the largest value is that of the hosts that are up", () => {
  const busy = { at: NOW, taken_at: NOW, metrics: { cpu_used_ratio: 0.9 } };
  assert.equal(mostOf([aHost(), aHost({ sample: busy }), undefined], cpu, NOW), 0.9);
  assert.equal(mostOf([aHost(), aHost({ sample: busy, status: "down" })], cpu, NOW), 0.5);
  assert.equal(mostOf([], cpu, NOW), 0);
});

test("an address may ask for any metric that is a number, by any of its names", () => {
  assert.equal(metricNamed("mem").name, "memory");
  for (const name of ["", "nonsense", "__proto__", "name"]) assert.equal(metricNamed(name).name, NUMERIC_FIELDS[0]?.name);
});
