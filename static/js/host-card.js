import { cardRows } from "./card-rows.js";
import { ageText, configText, factsText, pinnedTexts, statusBegan, statusText } from "./describe.js";
import { arrange, button, element, setAttribute, setText } from "./dom.js";
import { DUPLICATE_KEY } from "./host-warnings.js";
import { isLate } from "./interval.js";
import { latencyOf } from "./latency.js";
import { isLong, setLine } from "./line.js";
import { MetricRow } from "./metric-row.js";
import { StatusIcon } from "./status-icon.js";

/** @import { HostView } from "./protocol.js" */
/** @import { Services } from "./services.js" */
/** @import { SparklineKind, Values } from "./sparkline.js" */

/** What is left of the narrowest card for text; a name is larger than other text. */
const NAME_REM = 7.2;
const FACTS_REM = 16;

/** Titles are named by number: a host may have several cards, in several groups. */
let made = 0;

/** One host. Only what changed is touched. */
export class HostCard {
  element = element("div", "host-card");

  /** @type {HostView | null} */
  #host = null;
  #id = "";
  #services;
  #expanded = false;
  /** @type {Map<string, MetricRow>} */
  #rows = new Map();
  #icon = new StatusIcon();
  #name = element("bdi");
  #link = element("a", "host-link", this.#name);
  #title = element("h2", "host-name", this.#link);
  #mark = element("input", "host-mark");
  #age = element("span", "host-age");
  #latency = element("span", "host-latency");
  #status = element("span", "host-status");
  #address = element("bdi", "host-address");
  #facts = element("p", "host-facts");
  #duplicate = element("p", "warning");
  #refused = element("p", "warning");
  #metrics = element("dl", "host-metrics");
  #config = element("p", "host-config");
  #pinned = element("p", "host-pinned");
  #tags = element("ul", "host-tags");
  /** @type {HTMLAnchorElement | null} */
  #admin = null;

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
    if (services.hostsUrl) this.#admin = element("a", "host-settings", "Admin");
    this.element.setAttribute("role", "listitem");
    this.#title.id = `host-title-${++made}`;
    this.element.setAttribute("aria-labelledby", this.#title.id);
    this.#tags.setAttribute("aria-label", "tags");
    this.element.append(this.#head(), this.#duplicate, this.#refused, this.#metrics, this.#foot());
  }

  /** @param {string} id of the host whose card it is from now on */
  become(id) {
    if (id === this.#id) return;
    this.#id = id;
    this.#host = null;
    this.#expanded = false;
    this.element.dataset.host = id;
    if (this.#admin) this.#admin.href = `${this.#services.hostsUrl}${encodeURIComponent(id)}/change/`;
  }

  /**
   * @param {HostView} host
   * @param {number} now the hub's clock, in seconds
   */
  show(host, now) {
    const before = this.#host;
    this.#host = host;
    if (host !== before) this.#showHost(host);
    if (!before || host.sample !== before.sample) this.#showSample();
    this.tick(now);
  }

  /**
   * What changes by itself as time goes by.
   * @param {number} now the hub's clock, in seconds
   */
  tick(now) {
    const host = this.#host;
    if (!host) return;
    const { format } = this.#services;
    setText(this.#status, statusText(host, now, format));
    setText(this.#age, ageText(host, now, format));
    const latency = latencyOf(host);
    setText(this.#latency, latency === null ? "" : format.delay(latency));
    setText(this.#config, configText(host, now, format));
    this.element.toggleAttribute("data-late", isLate(host, now));
  }

  /** @param {string} address of the host's own page */
  link(address) {
    setAttribute(this.#link, "href", address);
  }

  /** @param {boolean} isMarked */
  mark(isMarked) {
    this.#mark.checked = isMarked;
  }

  /** @param {Record<SparklineKind, Values>} trends the last minutes */
  trend(trends) {
    for (const row of this.#rows.values()) if (row.trend) row.drawTrend(trends[row.trend], row.trend === "network" ? null : 1);
  }

  /** @param {HostView} host */
  #showHost(host) {
    const { name, address, status, absence, duplicate_key, config, refused, tags } = host;
    const { format } = this.#services;
    this.element.dataset.status = status;
    this.#icon.show(status);
    setText(this.#name, name);
    this.#title.toggleAttribute("data-long", isLong(name, NAME_REM));
    setAttribute(this.#title, "title", name);
    setAttribute(this.#mark, "aria-label", `mark ${name}`);
    const began = statusBegan(host);
    setAttribute(this.#status, "title", [began === null ? "" : `since ${format.moment(began)}`, absence?.text].filter(Boolean).join("\n") || null);
    setText(this.#address, address ?? "");
    setLine(this.#facts, factsText(host, format), FACTS_REM);
    setAttribute(this.#facts, "title", host.facts?.system || null);
    setText(this.#duplicate, duplicate_key ? DUPLICATE_KEY : "");
    setText(this.#refused, refused ? `The newest sample was refused: ${refused}` : "");
    this.#config.dataset.outcome = config?.status ?? "";
    setAttribute(this.#config, "title", config?.at ? `saved ${format.moment(config.at)}` : null);
    setText(this.#pinned, pinnedTexts(host, this.#services.settingsTable, format).join(" · "));
    if (tags?.join("\n") !== [...this.#tags.children].map((tag) => tag.textContent).join("\n")) this.#showTags(tags ?? []);
  }

  #showSample() {
    const rows = cardRows(this.#host?.sample, this.#services.format, this.#expanded);
    const before = this.#rows;
    this.#rows = new Map(rows.map((row) => [row.key, reusable(before.get(row.key), row.kind) ?? this.#newRow(row.kind)]));
    for (const row of rows) this.#rows.get(row.key)?.show(row);
    arrange(this.#metrics, [...this.#rows.values()].map((row) => row.element));
  }

  /** @param {import("./card-rows.js").RowKind} kind */
  #newRow(kind) {
    const row = new MetricRow(kind, () => {
      this.#expanded = !this.#expanded;
      this.#showSample();
    });
    // what can be pressed in a card is reached by the Tab key in one card only
    for (const press of row.element.querySelectorAll("button")) press.tabIndex = this.element.tabIndex;
    return row;
  }

  /** @param {string[]} tags */
  #showTags(tags) {
    this.#tags.replaceChildren(...tags.map((tag) => element("li", "host-tag", element("bdi", "", tag))));
  }

  #head() {
    const about = element("p", "host-about", this.#status, this.#address);
    const age = element("p", "host-times", this.#age, this.#latency);
    age.title = "age of the newest sample, and how long it was under way";
    const head = element("div", "host-head", this.#icon.element, this.#title, age, about, this.#facts);
    if (this.#services.role === "operator") head.append(this.#mark);
    this.#mark.type = "checkbox";
    this.#mark.addEventListener("click", ({ shiftKey }) => this.#services.marked.pick(this.#id, shiftKey));
    return head;
  }

  #foot() {
    const { openSettings } = this.#services;
    const settings = button("quiet-button host-settings", "Settings", () => openSettings([this.#id]));
    const foot = element("div", "host-foot", this.#config, settings, this.#pinned, this.#tags);
    settings.setAttribute("aria-describedby", this.#title.id);
    if (this.#admin) {
      this.#admin.setAttribute("aria-describedby", this.#title.id);
      settings.after(this.#admin);
    }
    return foot;
  }
}

/**
 * @param {MetricRow | undefined} row
 * @param {import("./card-rows.js").RowKind} kind
 */
function reusable(row, kind) {
  return row?.kind === kind ? row : undefined;
}
