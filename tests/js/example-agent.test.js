import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Settings, delay, enrolment, fingerprint, loadOrMakeKey } from "../../docs/examples/agent.mjs";

const GOOD = {
  host: "k3v9x0q2m5ab", epoch: "e1", revision: 3, interval: 1, show_cpus: true, show_memory: true, show_disk: true, show_network: true,
  show_load: true, show_temperatures: true, disabled: false,
};

/** Settings that took GOOD. */
function obedient() {
  const settings = new Settings();
  assert.equal(settings.offer(GOOD, true)?.status, "applied");
  return settings;
}

const IMPOSSIBLE = /** @type {[string, unknown, string][]} */ ([
  ["interval", 0.1, "interval is 0.1; it must be 0.2 to 3600 seconds (kept rev 3)"],
  ["interval", 3601, "interval is 3601; it must be 0.2 to 3600 seconds (kept rev 3)"],
  ["interval", "1", 'interval is "1"; it must be 0.2 to 3600 seconds (kept rev 3)'],
  ["interval", true, "interval is true; it must be 0.2 to 3600 seconds (kept rev 3)"],
  ["show_cpus", 1, "show_cpus is 1; it must be true or false (kept rev 3)"],
  ["show_temperatures", "no", 'show_temperatures is "no"; it must be true or false (kept rev 3)'],
  ["disabled", undefined, "disabled is missing; it must be true or false (kept rev 3)"],
]);
for (const [name, value, error] of IMPOSSIBLE) {
  test(`${name} ${JSON.stringify(value)} is reported as failed, and the last good settings are kept`, () => {
    const settings = obedient();
    const { at, ...report } = settings.offer({ ...GOOD, revision: 4, [name]: value }) ?? {};
    assert.deepEqual(report, { epoch: "e1", revision: 4, status: "failed", error, locked: {} });
    assert.ok(Math.abs(at - Date.now() / 1000) < 60);
    assert.equal(settings.current, GOOD);
    assert.equal(settings.offer({ ...GOOD, revision: 5 })?.status, "applied");
  });
}

test("an older hub does not send every setting", () => {
  const { show_temperatures: _, ...older } = GOOD;
  assert.equal(new Settings().offer(older, true)?.status, "applied");
});

test("without any good settings there are none", () => {
  const settings = new Settings();
  assert.match(settings.offer({ ...GOOD, interval: 0 }, true)?.error, /nothing is sent/);
  assert.equal(settings.current, null);
});

test("within an epoch an older revision changes nothing and a repeated one is only answered again", () => {
  const settings = obedient();
  const report = settings.offer({ ...GOOD, revision: 4, interval: 2 });
  const kept = settings.current;
  assert.equal(settings.offer({ ...GOOD, revision: 3 }), null);
  assert.equal(settings.offer({ ...GOOD, revision: 4, interval: 7 }), report);
  assert.equal(settings.current, kept);
});

test("the answer of get_config and another epoch always count", () => {
  const settings = obedient();
  assert.equal(settings.offer({ ...GOOD, revision: 1 }, true)?.revision, 1);
  assert.equal(settings.offer({ ...GOOD, epoch: "e2", revision: 1 })?.epoch, "e2");
  assert.equal(settings.current?.epoch, "e2");
});

test("settings without an epoch or a revision are no settings", () => {
  const settings = obedient();
  for (const missing of [{ epoch: 7 }, { revision: "4" }, { revision: 4.5 }, { revision: undefined }]) {
    assert.equal(settings.offer({ ...GOOD, ...missing, interval: 2 }, true), null);
  }
  assert.equal(settings.current, GOOD);
});

test("unknown settings are ignored", () => {
  assert.equal(new Settings().offer({ ...GOOD, show_stars: "yes" })?.status, "applied");
});

test("the delay doubles up to 7 seconds, give or take a quarter", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 5000].map((failures) => delay(failures, () => 0.5)), [0.5, 1, 2, 4, 7, 7, 7]);
  assert.deepEqual([0, 1].map((random) => delay(9, () => random)), [5.25, 8.75]);
});

test("a key is made once, for its owner only", (context) => {
  const directory = mkdtempSync(join(tmpdir(), "vedette-key-"));
  context.after(() => rmSync(directory, { recursive: true }));
  const data = join(directory, "data");
  const { publicKey, sign } = loadOrMakeKey(data);
  assert.match(publicKey, /^[0-9a-f]{64}$/);
  assert.match(sign("00".repeat(32)), /^[0-9a-f]{128}$/);
  assert.equal(loadOrMakeKey(data).publicKey, publicKey);
  assert.equal(statSync(data).mode & 0o777, 0o700);
  assert.equal(statSync(join(data, "agent-key.pem")).mode & 0o777, 0o600);
  assert.ok(!readFileSync(join(data, "agent-key.pem"), "utf8").includes(publicKey));
});

test("the fingerprint is the hub's", () => {
  assert.equal(fingerprint("00".repeat(32)), "6668 7aad f862 bd77 6c8f c18b 8e9f 8e20");
});

test("a code's secret stays here, also that of a code which is none", () => {
  const shown = enrolment("k3v9x0q2m5ab.0123456789abcdef", "00".repeat(32));
  assert.deepEqual(shown, { code: "k3v9x0q2m5ab", proof: "08d03be769c51e216960295f8d8943dafb8e3660d7c62b8463d96cf5165b82cc" });
  for (const wrong of ["0123456789abcdef", ".0123456789abcdef", "k3v9x0q2m5ab.", "k3v9x0q2m5ab.0123 456789abcdef"]) {
    assert.throws(() => enrolment(wrong, "00".repeat(32)), (/** @type {Error} */ error) => !error.message.includes("0123"));
  }
});
