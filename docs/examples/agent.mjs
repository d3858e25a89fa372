// A whole Vedette agent in one file, made from the documentation of the wire alone. docs/writing-an-agent.md explains it step by step.
//
//   npm install ws@8    # WebSocket for Node.js 20
//   VEDETTE_HUB=wss://hub.example.org/ws VEDETTE_ENROL_CODE=… node agent.mjs

import { createHash, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import os from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import WebSocket from "ws";

const [HELLO, WELCOME, ABORT, CHALLENGE, AUTHENTICATE, GOODBYE, ERROR] = [1, 2, 3, 4, 5, 6, 8];
const [PUBLISH, SUBSCRIBE, SUBSCRIBED, EVENT, CALL, RESULT] = [16, 32, 33, 36, 48, 50];
const JOIN_SECONDS = 20; // as long as a hub may need to which hundreds come back at once
const ANSWER_SECONDS = 20;
const STOP_SECONDS = 2;
const SILENCE_SECONDS = 12; // the hub pings every 4 s: one that is silent for so long is gone
const LASTING_SECONDS = 10; // a session shorter than this counts as a failure, or a hub that drops everybody would be hammered
const SETTLE_SECONDS = 1; // rates need two samples, so the second one comes this soon, whatever the interval

/** @typedef {Record<string, any>} Fields  a map as it travels */

// --- identity: a key of our own, and for the first join the proof of a code -----------------------------------------------------------

/** The key in `directory`, made at the first start: whole or not at all, and for its owner only. @param {string} directory */
export function loadOrMakeKey(directory) {
  const file = join(directory, "agent-key.pem");
  if (!existsSync(file)) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  const key = createPrivateKey(readFileSync(file));
  const publicKey = Buffer.from(createPublicKey(key).export({ format: "jwk" }).x ?? "", "base64url").toString("hex");
  return { publicKey, sign: (/** @type {string} */ hex) => sign(null, Buffer.from(hex, "hex"), key).toString("hex") };
}

/** What people compare to know a key, here and at the hub. @param {string} publicKey */
export function fingerprint(publicKey) {
  const digest = createHash("sha256").update(publicKey, "hex").digest("hex");
  return (digest.slice(0, 32).match(/.{4}/g) ?? []).join(" ");
}

/** What HELLO shows of the code `id.secret`. The secret itself stays here. @param {string} code @param {string} publicKey */
export function enrolment(code, publicKey) {
  const [, id, secret] = /^([a-z0-9]+)\.([\w-]+)$/.exec(code.trim()) ?? [];
  if (!id) throw new Error("VEDETTE_ENROL_CODE holds no code; it looks like id.secret, as manage.py addhost prints it");
  const key = createHash("sha256").update(`vedette-enrolment-code:${secret}`).digest();
  return { code: id, proof: createHmac("sha256", key).update(`${id}:${publicKey}`).digest("hex") };
}

// --- settings: checked before they are obeyed, the last good ones kept ----------------------------------------------------------------

const SWITCHES = ["show_cpus", "show_memory", "show_disk", "show_network", "show_load", "disabled"];
const LATER_SWITCHES = ["show_temperatures"]; // a hub that is older does not send them, which is no mistake

/** What is wrong with these settings, if anything is. @param {Fields} offered */
function complaint(offered) {
  const shown = (/** @type {string} */ name) => `${name} is ${JSON.stringify(offered[name])?.slice(0, 60) ?? "missing"}`;
  const { interval } = offered;
  if (typeof interval !== "number" || interval < 0.2 || interval > 3600) return `${shown("interval")}; it must be 0.2 to 3600 seconds`;
  const wrong = [...SWITCHES, ...LATER_SWITCHES.filter((name) => name in offered)].find((name) => typeof offered[name] !== "boolean");
  return wrong && `${shown(wrong)}; it must be true or false`;
}

export class Settings {
  /** The last good ones. @type {Fields | null} */
  current = null;
  /** What became of the newest. @type {Fields | null} */
  #report = null;

  /** The report to send, null if there is nothing to say. `certain` for the answer of get_config. @param {Fields} offered */
  offer(offered, certain = false) {
    const { epoch, revision } = offered;
    if (typeof epoch !== "string" || !Number.isSafeInteger(revision)) return null; // there is nothing that a report could name
    if (!certain && this.#report?.epoch === epoch && revision <= this.#report?.revision) {
      return revision === this.#report?.revision ? this.#report : null;
    }
    const wrong = complaint(offered);
    const error = wrong ? `${wrong} (${this.current ? `kept rev ${this.current.revision}` : "nothing is sent"})` : "";
    if (!wrong) this.current = offered;
    this.#report = { epoch, revision, status: wrong ? "failed" : "applied", error, locked: {}, at: Date.now() / 1000 };
    return this.#report;
  }
}

// --- metrics: each family under the setting that shows it; what this machine cannot tell is left out ------------------------------------

/** @type {Record<string, () => Fields | Promise<Fields>>} */
const COLLECTORS = {
  show_cpus() {
    const [before, now] = [cpuTimes, readCpuTimes()];
    const milliseconds = now.at - before.at;
    if (milliseconds < 100) return {}; // the kernel counts in steps of 10 ms, so less would show steps, not rates
    cpuTimes = now;
    if (before.busy.length !== now.busy.length) return {}; // the first reading, or cores came or went
    const cores = now.busy.map((busy, core) => Math.min(1, Math.max(0, busy - (before.busy[core] ?? 0)) / milliseconds));
    const mean = cores.reduce((sum, ratio) => sum + ratio, 0) / cores.length;
    return { cpu_used_ratio: round(mean, 3), cpu_core_used_ratio: { ...cores.map((ratio) => round(ratio, 3)) } };
  },
  show_memory() {
    const [total, available] = [os.totalmem(), Math.min(os.freemem(), os.totalmem())];
    return { memory_total_bytes: total, memory_used_bytes: total - available, memory_available_bytes: available };
  },
  async show_disk() {
    const { bsize, blocks, bfree, bavail } = await statfs("/");
    const [total, used, available] = [blocks, blocks - bfree, bavail].map((count) => ({ "/": count * bsize }));
    return { disk_total_bytes: total, disk_used_bytes: used, disk_available_bytes: available };
  },
  show_load() {
    const [one, five, fifteen] = os.loadavg().map((load) => round(load, 2));
    const uptime = Math.floor(os.uptime() < 3600 ? os.uptime() : os.uptime() - (os.uptime() % 60)); // it need not change with every sample
    return { load_1m: one, load_5m: five, load_15m: fifteen, uptime_seconds: uptime };
  },
};

const NO_CPU_TIMES = { at: -Infinity, busy: /** @type {number[]} */ ([]) };
let cpuTimes = NO_CPU_TIMES;

/** Milliseconds that each core was busy so far. */
function readCpuTimes() {
  const busy = os.cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq);
  return { at: performance.now(), busy };
}

const round = (/** @type {number} */ value, /** @type {number} */ decimals) => Number(value.toFixed(decimals));

/** One sample's metrics. A family that cannot be read costs its own metrics only. @param {Fields} settings */
async function collect(settings) {
  const [metrics, failed] = [/** @type {Fields} */ ({}), /** @type {Fields} */ ({})];
  for (const [setting, read] of Object.entries(COLLECTORS)) {
    try {
      if (settings[setting]) Object.assign(metrics, await read());
    } catch (error) {
      failed[setting.replace("show_", "")] = String(error).slice(0, 200);
    }
  }
  return { metrics, failed };
}

// --- WAMP: one session, as far as an agent needs it -----------------------------------------------------------------------------------

class Session {
  hostId = "";
  joinedAt = NaN;
  /** End it here and now. @param {string} _reason */
  end = (_reason) => {};
  /** Never resolves; rejects with the reason. @type {Promise<never>} */
  ended = new Promise((_, reject) => (this.end = (reason) => reject(new Error(reason))));
  #key;
  #socket;
  #requests = 0;
  /** By request; request 0 is HELLO. @type {Map<number, {resolve: (value?: any) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  /** By subscription. @type {Map<number, (payload: Fields) => void>} */
  #listeners = new Map();
  /** @type {NodeJS.Timeout | undefined} */
  #silence;

  /** @param {string} hub @param {ReturnType<typeof loadOrMakeKey>} key @param {Fields} authextra */
  constructor(hub, key, authextra) {
    this.#key = key;
    this.#socket = new WebSocket(hub, "wamp.2.json", { handshakeTimeout: 15_000, perMessageDeflate: false, maxPayload: 2 ** 20 });
    this.ended.catch(() => this.#socket.terminate()).finally(() => clearTimeout(this.#silence));
    const hello = { roles: { caller: {}, publisher: {}, subscriber: {} }, authmethods: ["cryptosign"], authextra };
    this.joined = this.#answer(0, JOIN_SECONDS, "HELLO");
    this.#socket
      .on("open", () => this.#send(HELLO, "vedette", hello))
      .on("message", (data) => {
        try {
          this.#receive(.../** @type {[any]} */ (JSON.parse(String(data))));
        } catch (error) {
          this.end(`the hub sent nonsense: ${error}`);
        }
      })
      .on("ping", () => this.#heard())
      .on("close", () => this.end("the connection was closed"))
      .on("error", (error) => this.end(error.message));
  }

  /** The result of a procedure. @param {string} uri @param {Fields[]} args @param {number} seconds */
  call(uri, args = [], seconds = ANSWER_SECONDS) {
    this.#send(CALL, ++this.#requests, {}, uri, args);
    return this.#answer(this.#requests, seconds, uri);
  }

  /** @param {string} uri @param {(payload: Fields) => void} listener */
  subscribe(uri, listener) {
    this.#send(SUBSCRIBE, ++this.#requests, {}, uri);
    return this.#answer(this.#requests, ANSWER_SECONDS, uri, (subscription) => this.#listeners.set(subscription, listener));
  }

  /** Nobody acknowledges it. @param {string} uri @param {Fields} payload */
  publish(uri, payload) {
    this.#send(PUBLISH, ++this.#requests, {}, uri, [payload]);
  }

  /** The hub answers with its own GOODBYE, which ends the session. */
  leave() {
    this.#send(GOODBYE, {}, "wamp.close.close_realm");
    setTimeout(this.end, STOP_SECONDS * 1000, "no answer to GOODBYE").unref();
  }

  /** @param {unknown[]} message */
  #send(...message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** @param {number} request @param {number} seconds @param {string} what @returns {Promise<any>} */
  #answer(request, seconds, what, use = (/** @type {any} */ answer) => answer) {
    const late = () => this.#waiting.get(request)?.reject(new Error(`no answer to ${what} within ${seconds} s`));
    const timer = setTimeout(late, seconds * 1000);
    const answered = new Promise((resolve, reject) => this.#waiting.set(request, { resolve: (answer) => resolve(use(answer)), reject }));
    return Promise.race([answered, this.ended]).finally(() => (clearTimeout(timer), this.#waiting.delete(request)));
  }

  /** @param {any} type @param {any[]} fields */
  #receive(type, ...fields) {
    if (type === CHALLENGE) {
      const { challenge } = fields[1]; // [method, extra]
      this.#send(AUTHENTICATE, this.#key.sign(challenge) + challenge, {});
    } else if (type === WELCOME) {
      this.hostId = fields[1].authid.replace("host:", ""); // [session, details]
      this.joinedAt = performance.now();
      this.#waiting.get(0)?.resolve();
    } else if (type === SUBSCRIBED) {
      this.#waiting.get(fields[0])?.resolve(fields[1]); // [request, subscription]
    } else if (type === RESULT) {
      this.#waiting.get(fields[0])?.resolve(fields[2]?.[0]); // [request, details, args]
    } else if (type === ERROR) {
      this.#waiting.get(fields[1])?.reject(new Error(`${fields[3]}: ${fields[4]?.[0]}`)); // [type, request, details, uri, args]
    } else if (type === EVENT) {
      this.#listeners.get(fields[0])?.(fields[3]?.[0]); // [subscription, publication, details, args]
    } else if (type === ABORT || type === GOODBYE) {
      this.end(`the hub said ${fields[1]}: ${fields[0].message ?? ""}`); // [details, reason]
    }
  }

  #heard() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(this.end, SILENCE_SECONDS * 1000, "the hub fell silent").unref();
  }
}

// --- the agent: session after session, whatever ends them -----------------------------------------------------------------------------

/** Seconds to wait after so many failures: 0.5 doubled each time up to 7, give or take a quarter, so that a fleet does not come in step. */
export const delay = (/** @type {number} */ failures, random = Math.random) => Math.min(7, 0.5 * 2 ** failures) * (0.75 + random() / 2);

export class Agent {
  #settings = new Settings();
  #run = randomBytes(8).toString("hex");
  #seq = 0;
  /** @type {Session | undefined} */
  #session;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /** @param {NodeJS.ProcessEnv} environment */
  constructor({ VEDETTE_HUB, VEDETTE_ENROL_CODE, VEDETTE_AGENT_DATA, VEDETTE_HOST_NAME }) {
    this.hub = VEDETTE_HUB || "ws://127.0.0.1:8080/ws";
    this.key = loadOrMakeKey(VEDETTE_AGENT_DATA || join(os.homedir(), ".local", "state", "vedette-agent"));
    const enrol = VEDETTE_ENROL_CODE ? { enrol: enrolment(VEDETTE_ENROL_CODE, this.key.publicKey) } : {};
    this.hello = { pubkey: this.key.publicKey, channel_binding: null, name: VEDETTE_HOST_NAME || os.hostname(), run: this.#run, ...enrol };
  }

  /** A hub that is away or refuses never ends an agent. @param {AbortSignal} stop */
  async run(stop) {
    say(`This agent's key has the fingerprint ${fingerprint(this.key.publicKey)}`);
    stop.addEventListener("abort", () => this.#farewell());
    for (let failures = 0; !stop.aborted; failures += 1) {
      this.#session = new Session(this.hub, this.key, this.hello);
      await this.#attend(this.#session).catch((error) => say(error.message));
      this.#session.end("over");
      clearTimeout(this.#timer);
      if (performance.now() - this.#session.joinedAt >= LASTING_SECONDS * 1000) failures = 0;
      await sleep(delay(failures) * 1000, null, { signal: stop }).catch(() => {});
    }
  }

  /** One session to its end, which it throws. @param {Session} session */
  async #attend(session) {
    await session.joined;
    say(`Joined ${this.hub} as host ${session.hostId}`);
    cpuTimes = NO_CPU_TIMES; // a mean over the time without a session would be no rate
    // Subscribe first, or a change in between would be missed. What is pushed waits for the answer of get_config, which may be older.
    const settled = session
      .subscribe("vedette.agent.on_config", (offered) => settled.then(() => this.#obey(session, offered)).catch(() => {}))
      .then(() => session.call("vedette.agent.get_config"))
      .then((current) => this.#obey(session, current, true));
    await settled;
    // nothing waits for this: a hub that is older than queries allows no such subscription
    session.subscribe("vedette.agent.on_query", (query) => this.#reply(session, query)).catch((error) => say(error.message));
    await session.call("vedette.agent.report_facts", [facts()]);
    await session.ended;
  }

  /** @param {Session} session @param {Fields} offered */
  #obey(session, offered, certain = false) {
    if (offered.host !== session.hostId) return;
    const before = this.#settings.current;
    const report = this.#settings.offer(offered, certain);
    if (!report) return;
    say(`Settings rev ${report.revision} ${report.status}${report.error && `: ${report.error}`}`);
    // a lost report is no loss: the hub offers the revision again and gets the same one
    session.call("vedette.agent.report_config", [report]).catch((error) => say(error.message));
    if (certain || this.#settings.current !== before) void this.#sample(session, SETTLE_SECONDS);
  }

  /** What the hub asks: here only what the clock says. @param {Session} session @param {Fields} query */
  #reply(session, { host, id, kind }) {
    if (host !== session.hostId) return;
    const text = `this agent answers ping only, not ${JSON.stringify(kind)?.slice(0, 60)}`;
    const answer = kind === "ping" ? { result: { at: Date.now() / 1000 } } : { error: "vedette.error.invalid_payload", text };
    session.call("vedette.agent.answer", [{ id, ...answer }]).catch((error) => say(error.message));
  }

  /** Send a sample, and the next one after the interval. @param {Session} session */
  async #sample(session, atMost = Infinity) {
    clearTimeout(this.#timer);
    const settings = this.#settings.current;
    if (!settings || settings.disabled) return;
    this.#timer = setTimeout(() => this.#sample(session), Math.min(settings.interval, atMost) * 1000);
    const sample = { at: Date.now() / 1000, revision: settings.revision, ...(await collect(settings)) };
    if (this.#settings.current !== settings) return; // those no longer hold, and the next sample is on its way
    session.publish("vedette.agent.on_sample", { run: this.#run, seq: (this.#seq += 1), ...sample });
  }

  async #farewell() {
    clearTimeout(this.#timer);
    const session = this.#session;
    if (!session?.hostId) return session?.end("stopped");
    const reason = "the agent was stopped";
    await session.call("vedette.agent.report_stop", [{ reason }], STOP_SECONDS).catch(() => {}); // we stop whether the hub heard it or not
    session.leave();
  }
}

function facts() {
  const [cpus, system] = [os.cpus(), `${os.type()} ${os.release()} ${os.machine()}`];
  const cpu = { cpu_model: cpus[0]?.model ?? "", cpu_count: cpus.length };
  const boot = "/proc/sys/kernel/random/boot_id"; // tells a machine that was started anew from a connection that was lost
  const boot_id = existsSync(boot) ? readFileSync(boot, "utf8").trim() : "";
  return { protocol: 1, agent_version: "example", system, boot_id, ...cpu, memory_total_bytes: os.totalmem() };
}

let said = "";
/** The same words once, not at every attempt. @param {string} text */
function say(text) {
  if (text !== said) console.log((said = text));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.abort());
  await new Agent(process.env).run(stop.signal);
  process.exit();
}
