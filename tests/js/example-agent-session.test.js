import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { WebSocketServer } from "ws";
import { Agent } from "../../docs/examples/agent.mjs";

/** @import { AddressInfo } from "node:net" */
/** @import { TestContext } from "node:test" */

const ID = "k3v9x0q2m5ab";
const SHOWN = { show_cpus: true, show_memory: true, show_disk: true, show_network: true, show_load: true };
const DISABLED = { host: ID, epoch: "e1", revision: 5, interval: 1, ...SHOWN, disabled: true };

/**
 * The example against a hub that does what `converse` says with each connection, until that resolves; what the agent sent, by connection.
 * @param {TestContext} context
 * @param {(attempt: number, message: any[], send: (...message: any[]) => void, stop: () => void) => void} converse
 */
async function conversation(context, converse) {
  const directory = mkdtempSync(join(tmpdir(), "vedette-agent-"));
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, handleProtocols: () => "wamp.2.json" });
  context.after(() => (server.close(), rmSync(directory, { recursive: true })));
  await once(server, "listening");
  const stop = new AbortController();
  /** @type {any[][][]} */
  const heard = [];
  server.on("connection", (socket) => {
    const messages = /** @type {any[][]} */ ([]);
    const attempt = heard.push(messages) - 1;
    socket.on("message", (data) => {
      const message = JSON.parse(String(data));
      messages.push(message);
      const send = (/** @type {any[]} */ ...answer) => socket.send(answer.length === 1 ? answer[0] : JSON.stringify(answer));
      converse(attempt, message, send, () => stop.abort());
    });
  });
  const { port } = /** @type {AddressInfo} */ (server.address());
  await new Agent({ VEDETTE_HUB: `ws://127.0.0.1:${port}/ws`, VEDETTE_AGENT_DATA: directory }).run(stop.signal);
  return heard;
}

test("nonsense and refusals end the session and not the agent", { timeout: 20_000 }, async (context) => {
  const heard = await conversation(context, (attempt, _message, send, stop) => {
    if (attempt === 0) send("[1, ");
    else if (attempt === 1) send(3, { message: "wait" }, "vedette.error.not_approved");
    else stop();
  });
  assert.deepEqual(heard.map((messages) => messages.map(([type]) => type)), [[1], [1], [1]]);
  const [first, second] = heard.map((messages) => messages[0]?.[2].authextra);
  assert.equal(first.run, second.run);
  assert.equal(first.enrol, undefined);
});

test("what is pushed before the answer of get_config waits its turn", { timeout: 20_000 }, async (context) => {
  const pushed = [{ host: "another", revision: 9 }, { revision: 4 }, { revision: 5 }, { revision: 6 }];
  const [messages = []] = await conversation(context, (_attempt, [type, request, , uri, args], send, stop) => {
    if (type === 1) send(2, 4711, { authid: `host:${ID}` });
    else if (type === 32) send(33, request, uri === "vedette.agent.on_config" ? 8800 : 8801);
    else if (uri === "vedette.agent.get_config") {
      for (const change of pushed) send(36, 8800, 1, {}, [{ ...DISABLED, ...change }]);
      send(50, request, {}, [DISABLED]);
    } else if (type === 48) {
      send(50, request, {});
      if (args[0].revision === 6) stop();
    } else if (type === 6) send(6, {}, "wamp.close.goodbye_and_out");
  });
  const calls = messages.filter(([type]) => type === 48).map(([, , , uri, args]) => [uri, args[0]]);
  const reports = calls.filter(([uri]) => uri === "vedette.agent.report_config");
  assert.deepEqual(reports.map(([, { revision, status }]) => [revision, status]), [[5, "applied"], [5, "applied"], [6, "applied"]]);
  assert.deepEqual(calls.at(-1), ["vedette.agent.report_stop", { reason: "the agent was stopped" }]);
  assert.deepEqual(messages.at(-1), [6, {}, "wamp.close.close_realm"]);
  assert.ok(messages.every(([type]) => type !== 16), "a disabled agent sends no samples");
});

test("ping is answered, other queries are refused, and a hub without queries is no trouble", { timeout: 20_000 }, async (context) => {
  const ask = { host: ID, arguments: {} };
  const foreign = { ...ask, id: "a", kind: "ping", host: "another" };
  const queries = [foreign, { ...ask, id: "b", kind: "ping" }, { ...ask, id: "c", kind: "watch" }];
  const conversations = await conversation(context, (attempt, [type, request, , uri, args], send, stop) => {
    if (type === 1) send(2, 4711, { authid: `host:${ID}` });
    else if (type === 32 && uri === "vedette.agent.on_config") send(33, request, 8800);
    else if (type === 32 && attempt === 0) send(8, 32, request, {}, "wamp.error.not_authorized", ["no"]);
    else if (type === 32) {
      send(33, request, 8801);
      for (const query of queries) send(36, 8801, 1, {}, [query]);
    } else if (uri === "vedette.agent.get_config") send(50, request, {}, [DISABLED]);
    else if (uri === "vedette.agent.report_facts" && attempt === 0) send(6, {}, "wamp.close.system_shutdown");
    else if (type === 48) {
      send(50, request, {});
      if (args[0].id === "c") stop();
    } else if (type === 6) send(6, {}, "wamp.close.goodbye_and_out");
  });
  assert.equal(conversations.length, 2);
  const answers = conversations[1]?.filter((message) => message[3] === "vedette.agent.answer").map(([, , , , [answer]]) => answer) ?? [];
  assert.ok(Math.abs(answers[0].result.at - Date.now() / 1000) < 60);
  assert.deepEqual(answers, [
    { id: "b", result: { at: answers[0].result.at } },
    { id: "c", error: "vedette.error.invalid_payload", text: 'this agent answers ping only, not "watch"' },
  ]);
});
