import assert from "node:assert/strict";
import { test } from "node:test";
import { compile, unreported } from "../../static/js/expression.js";
import { ExpressionError } from "../../static/js/scanner.js";
import { FIELDS, fieldNamed } from "../../static/js/fields.js";
import { NOW, aHost } from "./support/hosts.js";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

const METRICS = {
  cpu_used_ratio: 0.85,
  cpu_core_used_ratio: { 0: 0.8, 3: 0.95 },
  memory_used_bytes: 6 * GIB,
  memory_total_bytes: 8 * GIB,
  disk_total_bytes: { "/": 100 * GIB, "/boot efi": GIB },
  disk_used_bytes: { "/": 92 * GIB, "/boot efi": 0.1 * GIB },
  disk_available_bytes: { "/": 8 * GIB, "/boot efi": 0.9 * GIB },
  network_received_bytes_per_second: { eth0: 2 * MIB, wlan0: MIB },
  network_sent_bytes_per_second: { eth0: MIB },
  load_1m: 2.5,
  uptime_seconds: 3000,
  temperature_celsius: { cpu: 71, nvme: 40 },
};

const HOST = aHost({
  name: "web-1 <b>",
  tags: ["Prod", "über & co"],
  address: "fe80::1",
  sample: { at: NOW - 3, taken_at: NOW - 3, metrics: METRICS, failed: {} },
  facts: { system: "Debian 12", cpu_model: "", cpu_count: 4, memory_total_bytes: 8 * GIB, agent_version: "1" },
});

const TRUE = [
  "", "  ", "web", "WEB prod", "uber", "fe80::1", '"web-1 <b>"', '"<b>"', "web-1",
  "cpu > 80", "cpu>80%", "CPU >= 85", "cpu<85.5", "cpu < 85,5", "cpu != 3", "mem >= 50%", "memory = 75", "ram > 70",
  "disk > 90", "disk.free < 10G", "disk.free < 10GiB", "disk.free > 8000M", "disk.used > 90g", "temp > 70", "temp > 70C",
  "net > 3M", "net.in = 3M", "net.out <= 1M/s", "load > 2", "load1 > 2.4", "uptime < 1h", "uptime > 45min", "uptime > 2999000ms", "age < 5s", "age >= 3",
  "cores = 2", "memory_used_bytes > 4G", "cpu_core_used_ratio[3] > 0.9", "cpu_core_used_ratio > 0.9", "cpu_core_used_ratio > 90%",
  "disk_available_bytes[/boot efi] < 1G", "load_1m > 2",
  "tag:prod", "tag:PROD", 'tag:"über & co"', 'tag:"uber & co"', "status:up", "name:web", "system:debian", "os:DEBIAN", "address:fe80", "status = up", "status != down",
  "-db", "not db", "-tag:test", "web and prod", "nothing or web", "nothing or (web prod)", "(nothing or web) prod", "-(db or mail)", "not cpu < 50", "- -db -mail",
  "nothing OR prod", '"or" or web', "swap > 1 or web", "name:nothing or cpu > 1 and web",
];

const FALSE = [
  "web db", "cpu > 86", "cpu_core_used_ratio[1] > 0", "cpu_core_used_ratio[0] > 0.9", "cpu_used_ratio[0] > 0", "swap > 0", "swap < 50", "swap != 5", "latency < 100",
  "memory_free_bytes < 1T", "tag:pro", "name = web", "status:down", "-web", "not (web or db)", "web and nothing", "-cpu > 80", "__proto__", "constructor_x > 1", '""x',
  "cpu > 80 -prod", "disk_available_bytes[/home] < 1T",
];

for (const text of TRUE) test(`found by ${text}`, () => assert.equal(compile(text).matches(HOST, NOW), true));
for (const text of FALSE) test(`not found by ${text}`, () => assert.equal(compile(text).matches(HOST, NOW), false));

for (const status of /** @type {const} */ (["down", "disabled"])) {
  const away = { ...HOST, status };
  for (const text of ["cpu > 80", "cpu_used_ratio > 0.8", "cpu_core_used_ratio[3] > 0.9", "load_1m > 2", "memory_used_bytes > 4G"])
    test(`what has passed finds no host that is ${status}: ${text}`, () => assert.equal(compile(text).matches(away, NOW), false));
  for (const text of ["disk > 90", "disk_used_bytes[/] > 90G", "disk_available_bytes < 10G", "disk_total_bytes > 90G", "memory_total_bytes > 7G"])
    test(`what stays true finds also a host that is ${status}: ${text}`, () => assert.equal(compile(text).matches(away, NOW), true));
}

/** @type {[string, string, string][]} what is typed, which part of it is wrong, what is said */
const WRONG = [
  ["cpu >", "cpu >", "Compared with what? Write a number: cpu > 80 or 80%."],
  ["web cpu > x", "x", "“x” is no share. Write a number: cpu > 80 or 80%."],
  ["cpu > 10G", "10G", "“10G” is no share."],
  ["cpu_used_ratio > 80", "80", "“80” is no share. Write a number: cpu_used_ratio > 0.8 or 80%."],
  ["disk.free < 10%", "10%", "“10%” is no amount of bytes. Write a number: disk.free < 10G, 500M or 4096."],
  ["uptime < 1w", "1w", "“1w” is no time. Write a number: uptime < 90s, 5min, 2h or 3d."],
  ["load > many", "many", "“many” is no number. Write a number: load > 4 or 0.5."],
  ["cpi > 3", "cpi", "There is no field “cpi”. Did you mean"],
  ["constructor > 3", "constructor", "There is no field “constructor”."],
  ["toString>3", "toString", "There is no field “toString”."],
  ["name > 3", "name > 3", "name is no number. Write name:3."],
  ["cpu:80", "cpu:", "cpu is a number. Write cpu > 80 or 80%."],
  ["cpu[3] > 80", "cpu[3] > ", "cpu is one number. Brackets go behind the full name of a metric"],
  ["tag:", "tag:", "Which tag? Write tag:something."],
  ["status:dwn", "dwn", "There is no status “dwn”. Write one of status:up, status:down, status:disabled."],
  ["(web", "(", "This bracket is never closed. Write ) where it should end."],
  ["web)", ")", "This bracket closes nothing."],
  ["web ()", "()", "Nothing stands between these brackets."],
  ["web or", "", "Something is missing here"],
  ["web or and db", "and", "Something is missing before “and”."],
  ["or web", "or", "Something is missing before “or”."],
  ["not", "", "Something is missing here"],
  ["> 80", ">", "The name of a field is missing before “>”, as in cpu > 80."],
  ['a "b', '"', "This quote is never closed."],
  ["(".repeat(60) + "a", "(", "This is nested more than 50 deep."],
];

for (const [text, part, said] of WRONG)
  test(`what is wrong with ${text.slice(0, 30)}`, () =>
    assert.throws(
      () => compile(text),
      (error) => error instanceof ExpressionError && error.message.startsWith(said) && text.slice(error.start, error.end) === part,
    ));

test("an expression says what it depends on", () => {
  const { isLive, namesStatus, metrics } = compile("web -status:up or (swap_used_bytes > 1G cpu > 2)");
  assert.deepEqual([isLive, namesStatus, metrics], [true, true, ["swap_used_bytes"]]);
  const words = compile("web tag:x");
  assert.deepEqual([words.isLive, words.namesStatus, words.metrics], [false, false, []]);
});

test("metrics that nobody reports are told", () => {
  const expression = compile("memory_usd_bytes > 1G or load_1m > 2");
  assert.deepEqual(unreported(expression, [{ id: "a", host: HOST }, { id: "b", host: aHost({ sample: null }) }]), ["memory_usd_bytes"]);
});

test("no name or alias means two things", () => {
  const names = FIELDS.flatMap(({ name, aliases }) => [name, ...aliases]);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.every((name) => /^[a-z][a-z0-9.]*$/.test(name) && fieldNamed(name)));
});

test("a host that says nothing has no values, and none is made up", () => {
  const empty = aHost({ sample: null, address: null, tags: undefined, facts: null, config: null });
  const known = FIELDS.filter((field) => field.of(empty, NOW) !== null).map(({ name }) => name);
  assert.deepEqual(known, ["name", "status"]);
  const odd = aHost({ sample: { at: NOW, taken_at: NOW, metrics: { cpu_used_ratio: { a: 1 }, disk_total_bytes: 5, load_1m: {} }, failed: {} } });
  assert.deepEqual(["cpu", "disk", "load"].map((name) => fieldNamed(name)?.of(odd, NOW)), [null, null, null]);
});

test("hostile names of instances are only names", () => {
  const metrics = Object.assign(Object.create(null), { temperature_celsius: JSON.parse('{"__proto__": 99, "<b>": 1}') });
  const host = aHost({ sample: { at: NOW, taken_at: NOW, metrics, failed: {} } });
  assert.ok(compile("temp = 99").matches(host, NOW));
  assert.ok(compile("temperature_celsius[__proto__] = 99").matches(host, NOW));
  assert.ok(!compile("__proto__ > 1").matches(host, NOW));
});
