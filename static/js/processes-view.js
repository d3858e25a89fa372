import { button, element, setAttribute, setText } from "./dom.js";
import { Processes } from "./processes.js";
import { SortableTable } from "./sortable-table.js";

/** @import { HostContext } from "./host-panels.js" */
/** @import { Formatter } from "./format.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Process } from "./processes.js" */
/** @import { Column } from "./sortable-table.js" */

/** Orders to choose from: what the button says, by which column. */
const ORDERS = /** @type {const} */ ([
  ["by CPU", "cpu"],
  ["by memory", "memory"],
]);

/** The busiest processes of the host. It is asked for them only while this is open. */
export class ProcessesPanel {
  element = element("section", "panel processes");

  #context;
  #processes;
  #host = "";
  #isOpen = false;
  #opener = button("quiet-button panel-opener", "", () => this.#toggle());
  #body = element("div", "processes-body");
  #count = element("p", "processes-count");
  #problem = element("p", "warning");
  #problemText = element("span");
  #pause = button("button plain small", "Pause", () => this.#processes.pause(!this.#processes.isPaused));
  /** @type {HTMLButtonElement[]} */
  #orders;
  #table;

  /** @param {HostContext} context */
  constructor(context) {
    const { session, platform, format } = context.services;
    this.#context = context;
    this.#processes = new Processes(session, platform);
    this.#processes.changed.listen(() => this.#show());
    this.#table = new SortableTable("processes", columns(format, () => this.#processes.state.list?.at ?? 0), ({ pid, started_at }) => `${pid} ${started_at}`, "cpu");
    this.#orders = ORDERS.map(([label, column]) => button("group-button", label, () => this.#table.sortBy(column, true)));
    const orders = element("div", "button-group", ...this.#orders);
    setAttribute(orders, "role", "group");
    setAttribute(orders, "aria-label", "order");
    this.#problem.append(this.#problemText, " ", button("quiet-button", "Try again", () => this.#processes.ask()));
    setAttribute(this.#problem, "role", "status");
    this.#body.id = "processes-body";
    this.#body.append(element("div", "panel-tools", orders, this.#pause, this.#count), this.#problem, this.#table.element);
    setAttribute(this.#opener, "aria-controls", this.#body.id);
    this.element.append(element("h2", "panel-title", this.#opener), this.#body);
    this.#table.sorted.listen(({ name, descending }) => this.#markOrder(descending ? name : ""));
    this.#markOrder("cpu");
    this.#show();
  }

  /** @param {string} id */
  open(id) {
    this.#host = id;
    if (this.#isOpen) this.#processes.open(id);
  }

  close() {
    this.#host = "";
    this.#isOpen = false; // the next host is asked only when somebody wants to know
    this.#processes.close();
  }

  /** @param {HostView} host */
  draw(host) {
    this.element.hidden = host.status === "unapproved";
  }

  /** @param {boolean} hidden */
  setHidden(hidden) {
    this.#processes.setHidden(hidden);
  }

  #toggle() {
    this.#isOpen = !this.#isOpen;
    if (this.#isOpen) this.#processes.open(this.#host);
    else this.#processes.close();
  }

  /** @param {string} wanted name of a column, the largest above */
  #markOrder(wanted) {
    ORDERS.forEach(([, column], index) => {
      const press = this.#orders[index];
      if (press) setAttribute(press, "aria-pressed", String(column === wanted));
    });
  }

  #show() {
    const { list, problem, isAsking } = this.#processes.state;
    setText(this.#opener, this.#isOpen ? "Processes" : "Show processes");
    setAttribute(this.#opener, "aria-expanded", String(this.#isOpen));
    this.#body.hidden = !this.#isOpen;
    setText(this.#problemText, problem);
    this.#problem.hidden = !problem;
    setText(this.#pause, this.#processes.isPaused ? "Go on" : "Pause");
    this.#table.element.hidden = !list;
    this.#table.element.toggleAttribute("data-past", problem !== "");
    this.#table.show(list?.processes ?? []);
    setText(this.#count, this.#countText(list, isAsking));
  }

  /**
   * @param {import("./processes.js").ProcessList | null} list
   * @param {boolean} isAsking
   */
  #countText(list, isAsking) {
    if (!list) return isAsking ? "asking the host…" : "";
    const { format } = this.#context.services;
    return `the ${format.number(list.processes.length)} busiest of ${format.number(list.count)}${this.#processes.isPaused ? ", paused" : ""}`;
  }
}

/**
 * @param {Formatter} format
 * @param {() => number} now by the host's clock
 * @returns {Column<Process>[]}
 */
function columns(format, now) {
  return [
    { name: "name", label: "Process", of: ({ name }) => name, text: ({ name }) => name, title: ({ name, command }) => command ?? name, isName: true },
    { name: "cpu", label: "CPU", of: ({ cpu_cores }) => cpu_cores, text: ({ cpu_cores }) => format.exactPercent(cpu_cores), title: () => "100% is one core" },
    { name: "memory", label: "Memory", of: ({ memory_bytes }) => memory_bytes, text: ({ memory_bytes }) => format.exactBytes(memory_bytes) },
    { name: "user", label: "User", of: ({ user }) => user, text: ({ user }) => user },
    { name: "pid", label: "PID", of: ({ pid }) => pid, text: ({ pid }) => String(pid) },
    {
      name: "started",
      label: "Started",
      of: ({ started_at }) => started_at,
      text: ({ started_at }) => (started_at ? format.age(now() - started_at) : "–"),
      title: ({ started_at }) => (started_at ? format.moment(started_at) : ""),
    },
  ];
}
