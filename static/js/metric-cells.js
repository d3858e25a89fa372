import { element, setAttribute, setText } from "./dom.js";
import { fieldNamed } from "./fields.js";
import { isolated } from "./isolated.js";
import { REGULAR, isLong, setLine } from "./line.js";
import { CoreStrip, Meter } from "./meter.js";
import { fullestDisk, groups, hottest } from "./metrics.js";
import { Sparkline } from "./sparkline.js";

/** @import { Services } from "./services.js" */
/** @import { SparklineKind } from "./sparkline.js" */
/** @import { Cell } from "./table-cells.js" */

/** Cells of the table that show what a host measures. */

/** What stands where nothing is known. */
const NOTHING = "–";
const SPARKLINE_WIDTH_REM = 3.25;
/** Beside its percentage. */
const DISK_NAME_REM = 3.5;
/** What is left of the columns' widths for text. A host may say any number. */
const LOAD_REM = 2.45 / REGULAR;
const UPTIME_REM = 4.7 / REGULAR;
const TEMPERATURE_REM = 2.45 / REGULAR;

/** What a full picture means; null: the largest value there is. @type {Record<SparklineKind, number | null>} */
const TOPS = { cpu: 1, memory: 1, network: null };

/** @param {Services} services @returns {Cell} */
export function cpuCell(services) {
  const { format } = services;
  const value = element("span", "cell-line");
  const strip = new CoreStrip();
  const course = courseOf("cpu", services);
  return {
    parts: [element("span", "cell-lines", value, strip.element), course.element],
    trend: course.show,
    show(entry, now) {
      const { cpu } = groups(entry.host.sample);
      const cores = cpu?.cores ?? [];
      setText(value, cpu ? format.percent(cpu.total ?? 0) : NOTHING);
      strip.element.toggleAttribute("hidden", !cores.length);
      if (cores.length) strip.show(cores, `${format.counted(cores.length, "core")}, the busiest ${format.percent(Math.max(...cores))}`);
      course.show(entry.id, now);
    },
  };
}

/** @param {Services} services @returns {Cell} */
export function memoryCell(services) {
  const { format } = services;
  const value = element("span", "cell-line");
  const meter = new Meter();
  const course = courseOf("memory", services);
  return {
    parts: [element("span", "cell-lines", value, meter.element), course.element],
    trend: course.show,
    show(entry, now) {
      const { memory } = groups(entry.host.sample);
      const ratio = memory && memory.total > 0 ? Math.min(1, memory.used / memory.total) : null;
      setText(value, ratio === null ? NOTHING : format.percent(ratio));
      setAttribute(value, "title", memory && format.usedOfTotal(memory.used, memory.total));
      meter.element.hidden = ratio === null;
      if (memory && ratio !== null) meter.show(ratio, "memory", format.usedOfTotal(memory.used, memory.total));
      course.show(entry.id, now);
    },
  };
}

/** @param {Services} services @returns {Cell} */
export function diskCell({ format }) {
  const value = element("span");
  const name = element("bdi", "cell-quiet");
  const line = element("span", "cell-line", value, " ", name);
  const meter = new Meter();
  return {
    parts: [element("span", "cell-lines", line, meter.element)],
    show({ host }) {
      const disk = fullestDisk(host.sample);
      setText(value, disk ? format.percent(disk.ratio) : NOTHING);
      setText(name, disk?.name ?? "");
      line.toggleAttribute("data-long", disk !== null && isLong(disk.name, DISK_NAME_REM));
      setAttribute(line, "title", disk && `${isolated(disk.name)}: ${format.usedOfTotal(disk.used, disk.total)}`);
      meter.element.hidden = !disk;
      if (disk) meter.show(disk.ratio, disk.name, format.usedOfTotal(disk.used, disk.total));
    },
  };
}

/** @param {Services} services @returns {Cell} */
export function networkCell(services) {
  const { format } = services;
  const [received, sent] = [element("span"), element("span")];
  const course = courseOf("network", services);
  const rates = [rateLine("received", "↓", received), rateLine("sent", "↑", sent)];
  return {
    parts: [element("span", "cell-lines", ...rates), course.element],
    trend: course.show,
    show(entry, now) {
      const text = (/** @type {string} */ field) => {
        const value = fieldNamed(field)?.of(entry.host, now);
        return typeof value === "number" ? format.rate(value) : NOTHING;
      };
      setText(received, text("net.in"));
      setText(sent, text("net.out"));
      course.show(entry.id, now);
    },
  };
}

/** @param {Services} services @returns {Cell} */
export function loadCell({ format }) {
  const text = element("span", "cell-line");
  return {
    parts: [text],
    show({ host }) {
      const { load } = groups(host.sample);
      setLine(text, load[0] === undefined ? NOTHING : format.load(load[0]), LOAD_REM);
      setAttribute(text, "title", load.length ? `over 1, 5 and 15 minutes: ${load.map(format.load).join(", ")}` : null);
    },
  };
}

/** @param {Services} services @returns {Cell} */
export function uptimeCell({ format }) {
  const text = element("span", "cell-line");
  return {
    parts: [text],
    show({ host }) {
      const seconds = host.sample?.metrics.uptime_seconds;
      setLine(text, typeof seconds === "number" ? format.uptime(seconds) : NOTHING, UPTIME_REM);
    },
  };
}

/** @param {Services} services @returns {Cell} */
export function temperatureCell({ format }) {
  const text = element("span", "cell-line");
  return {
    parts: [text],
    show({ host }) {
      const sensor = hottest(host.sample);
      setLine(text, sensor ? format.celsius(sensor.value) : NOTHING, TEMPERATURE_REM);
      setAttribute(text, "title", sensor && sensor.name);
    },
  };
}

/**
 * The last ten minutes of one value.
 * @param {SparklineKind} kind
 * @param {Services} services
 */
function courseOf(kind, { recent }) {
  const sparkline = new Sparkline({ kind, width: SPARKLINE_WIDTH_REM });
  return {
    element: sparkline.element,
    /** @param {string} id @param {number} now */
    show(id, now) {
      sparkline.show(recent.course(id, kind, now), TOPS[kind]);
    },
  };
}

/**
 * @param {string} words
 * @param {string} arrow
 * @param {HTMLElement} value
 */
function rateLine(words, arrow, value) {
  const picture = element("span", "rate-arrow", arrow);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", words);
  return element("span", "cell-line", picture, value);
}
