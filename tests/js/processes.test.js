import assert from "node:assert/strict";
import { test } from "node:test";
import { Processes } from "../../static/js/processes.js";
import { HOST_QUERY } from "../../static/js/protocol.js";
import { Session } from "../../static/js/session.js";
import { FakePlatform, settle } from "./support/fakes.js";

const HOST = "abcdefghijkl";
const LIST = { at: 1_700_000_000, count: 1, processes: [{ pid: 1, name: "init", user: "root", cpu_cores: 0, memory_bytes: 1024, started_at: 1 }] };

async function someProcesses() {
  const fake = new FakePlatform();
  fake.hub.results[HOST_QUERY] = LIST;
  const session = new Session(fake.platform);
  session.start();
  await settle();
  const processes = new Processes(session, fake.platform);
  const asked = () => fake.hub.calls.filter(({ procedure }) => procedure === HOST_QUERY);
  return { fake, processes, asked };
}

test("they are asked for when somebody opens them, and every two seconds from then on", async () => {
  const { fake, processes, asked } = await someProcesses();
  await fake.advance(10_000);
  assert.equal(asked().length, 0);
  processes.open(HOST);
  assert.ok(processes.state.isAsking);
  await settle();
  assert.deepEqual(asked()[0]?.keywords, { host: HOST, kind: "processes", arguments: { limit: 20 } });
  assert.deepEqual(processes.state, { list: LIST, problem: "", isAsking: false });
  await fake.advance(4_000);
  assert.equal(asked().length, 3);
});

test("not a single time after they were closed", async () => {
  const { fake, processes, asked } = await someProcesses();
  processes.open(HOST);
  await settle();
  processes.close();
  await fake.advance(60_000);
  assert.equal(asked().length, 1);
  assert.equal(processes.state.list, null);
});

for (const [what, stop, go] of /** @type {[string, (p: Processes) => void, (p: Processes) => void][]} */ ([
  ["paused", (processes) => processes.pause(true), (processes) => processes.pause(false)],
  ["hidden", (processes) => processes.setHidden(true), (processes) => processes.setHidden(false)],
]))
  test(`nor while they are ${what}; then at once again`, async () => {
    const { fake, processes, asked } = await someProcesses();
    processes.open(HOST);
    await settle();
    stop(processes);
    await fake.advance(60_000);
    assert.equal(asked().length, 1);
    go(processes);
    await settle();
    assert.equal(asked().length, 2);
  });

test("pausing is told at once", async () => {
  const { processes } = await someProcesses();
  processes.open(HOST);
  await settle();
  let told = 0;
  processes.changed.listen(() => (told += 1));
  processes.pause(true);
  assert.ok(processes.isPaused);
  assert.equal(told, 1);
});

test("paused and hidden are two reasons, and each is enough", async () => {
  const { fake, processes, asked } = await someProcesses();
  processes.open(HOST);
  await settle();
  processes.pause(true);
  processes.setHidden(true);
  processes.setHidden(false);
  await fake.advance(60_000);
  assert.equal(asked().length, 1);
});

test("a host that does not answer is told with the hub's words; what was known stays, and it is asked again later", async () => {
  const { fake, processes, asked } = await someProcesses();
  processes.open(HOST);
  await settle();
  fake.hub.errors = [["vedette.error.no_answer", "db-1 did not answer within 5 s"]];
  await fake.advance(2_000);
  assert.deepEqual(processes.state, { list: LIST, problem: "db-1 did not answer within 5 s", isAsking: false });
  await fake.advance(9_999);
  assert.equal(asked().length, 2);
  await fake.advance(1);
  assert.deepEqual(processes.state, { list: LIST, problem: "", isAsking: false });
});

test("a hub that does not answer is told in time", async () => {
  const { fake, processes } = await someProcesses();
  fake.hub.answers = false;
  processes.open(HOST);
  await fake.advance(8_000);
  assert.match(processes.state.problem, /no answer within 8 s/);
});

test("what the host's lock forbids is said to be its own will", async () => {
  const { fake, processes } = await someProcesses();
  fake.hub.errors = [["vedette.error.query_refused", "its lock file forbids processes"]];
  processes.open(HOST);
  await settle();
  assert.equal(processes.state.problem, "The host does not tell: its lock file forbids processes");
});

test("retry asks at once", async () => {
  const { fake, processes, asked } = await someProcesses();
  fake.hub.errors = ["vedette.error.no_answer"];
  processes.open(HOST);
  await settle();
  processes.ask();
  await settle();
  assert.equal(asked().length, 2);
  assert.equal(processes.state.problem, "");
});

test("an answer that is not waited for any more is not said to be on its way", async () => {
  const { processes } = await someProcesses();
  processes.open(HOST);
  processes.pause(true);
  assert.equal(processes.state.isAsking, false);
  await settle();
  assert.equal(processes.state.isAsking, false);
});

test("without a connection that is said, and with the next one they are asked for at once", async () => {
  const { fake, processes } = await someProcesses();
  processes.open(HOST);
  await settle();
  fake.hub.up = false;
  fake.hub.socket.close();
  await fake.advance(2_000);
  assert.deepEqual(processes.state, { list: LIST, problem: "this page has no connection to the hub", isAsking: false });
  fake.hub.up = true;
  await fake.advance(6_000); // the next try of its own would come later
  assert.equal(processes.state.problem, "");
});
