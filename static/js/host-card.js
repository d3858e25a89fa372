import { cardRows } from "./card-rows.js";
import { ageText, configText, pinnedTexts, statusText } from "./describe.js";
import { arrange, element, setAttribute, setText } from "./dom.js";
import { MetricRow } from "./metric-row.js";
import { StatusIcon } from "./status-icon.js";

/** @import { Formatter } from "./format.js" */
/** @import { HostView } from "./protocol.js" */

/** A sample this many intervals old is late. */
const LATE_INTERVALS = 4;
const LATE_LEAST_S = 8;

const DUPLICATE_KEY = "Duplicate key. Another machine uses this host's key: give one of them its own.";

/** One host. Only what changed is touched. */
export class HostCard {
  element = element("li", "host-card");

  /** @type {HostView} */
  #host;
  #format;
  #expanded = false;
  /** @type {Map<string, MetricRow>} */
  #rows = new Map();
  #icon = new StatusIcon();
  #name = element("bdi");
  #title = element("h2", "host-name", this.#name);
  #age = element("p", "host-age");
  #status = element("span", "host-status");
  #address = element("bdi", "host-address");
  #duplicate = element("p", "host-warning");
  #refused = element("p", "host-warning");
  #metrics = element("dl", "host-metrics");
  #config = element("p", "host-config");
  #pinned = element("p", "host-pinned");
  #tags = element("ul", "host-tags");

  /**
   * @param {string} id
   * @param {HostView} host
   * @param {number} now the hub's clock, in seconds
   * @param {Formatter} format
   * @param {string | null} settingsUrl where an operator changes the host's settings
   */
  constructor(id, host, now, format, settingsUrl) {
    this.#host = host;
    this.#format = format;
    this.element.dataset.host = id;
    this.#title.id = `host-${id}`;
    this.element.setAttribute("aria-labelledby", this.#title.id);
    this.#tags.setAttribute("aria-label", "tags");
    this.#age.title = "age of the newest sample";
    this.element.append(this.#head(), this.#duplicate, this.#refused, this.#metrics, this.#foot(settingsUrl));
    this.#showHost();
    this.#showSample();
    this.tick(now);
  }

  /**
   * @param {HostView} host
   * @param {number} now the hub's clock, in seconds
   */
  show(host, now) {
    const before = this.#host;
    this.#host = host;
    if (host.sample !== before.sample) this.#showSample();
    this.#showHost();
    this.tick(now);
  }

  /**
   * What changes by itself as time goes by.
   * @param {number} now the hub's clock, in seconds
   */
  tick(now) {
    const host = this.#host;
    setText(this.#status, statusText(host, now, this.#format));
    setText(this.#age, ageText(host, now, this.#format));
    setText(this.#config, configText(host, now, this.#format));
    this.element.toggleAttribute("data-late", isLate(host, now));
  }

  #showHost() {
    const { name, address, status, since, absence, duplicate_key, config, refused, tags } = this.#host;
    this.element.dataset.status = status;
    this.#icon.show(status);
    setText(this.#name, name);
    setAttribute(this.#title, "title", name);
    setAttribute(this.#status, "title", [since ? `since ${this.#format.moment(since)}` : "", absence?.text].filter(Boolean).join("\n") || null);
    setText(this.#address, address ?? "");
    setText(this.#duplicate, duplicate_key ? DUPLICATE_KEY : "");
    setText(this.#refused, refused ? `The newest sample was refused: ${refused}` : "");
    this.#config.dataset.outcome = config?.status ?? "";
    setAttribute(this.#config, "title", config?.at ? `saved ${this.#format.moment(config.at)}` : null);
    setText(this.#pinned, pinnedTexts(this.#host, this.#format).join(" · "));
    if (tags?.join("\n") !== [...this.#tags.children].map((tag) => tag.textContent).join("\n")) this.#showTags(tags ?? []);
  }

  #showSample() {
    const rows = cardRows(this.#host.sample, this.#format, this.#expanded);
    const before = this.#rows;
    this.#rows = new Map(rows.map((row) => [row.key, reusable(before.get(row.key), row.kind) ?? this.#newRow(row.kind)]));
    for (const row of rows) this.#rows.get(row.key)?.show(row);
    arrange(this.#metrics, [...this.#rows.values()].map((row) => row.element));
  }

  /** @param {import("./card-rows.js").RowKind} kind */
  #newRow(kind) {
    return new MetricRow(kind, () => {
      this.#expanded = !this.#expanded;
      this.#showSample();
    });
  }

  /** @param {string[]} tags */
  #showTags(tags) {
    this.#tags.replaceChildren(...tags.map((tag) => element("li", "host-tag", element("bdi", "", tag))));
  }

  #head() {
    const about = element("p", "host-about", this.#status, this.#address);
    return element("div", "host-head", this.#icon.element, this.#title, this.#age, about);
  }

  /** @param {string | null} settingsUrl */
  #foot(settingsUrl) {
    const foot = element("div", "host-foot", this.#config, this.#pinned, this.#tags);
    if (settingsUrl) {
      const link = element("a", "host-settings", "Settings");
      link.href = settingsUrl;
      link.setAttribute("aria-describedby", this.#title.id);
      this.#config.after(link);
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

/**
 * Whether a host that is up owes a sample.
 * @param {HostView} host
 * @param {number} now the hub's clock, in seconds
 */
export function isLate({ status, sample, config }, now) {
  if (status !== "up" || !sample) return false;
  const interval = Number(config?.locked?.interval ?? config?.settings?.interval ?? 1);
  return now - sample.at > Math.max(LATE_LEAST_S, interval * LATE_INTERVALS);
}
