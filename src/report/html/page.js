"use strict";
// Sorts, filters and pages the tables, which stand in the page in full: without this script nothing is missing.
(() => {
  const number = (n) => n.toLocaleString("en");
  const order = new Intl.Collator("en", { numeric: true });

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  // What a cell is sorted by: its number, or its text. An empty one comes last, whichever way.
  const key = (cell) => {
    const value = cell.dataset.v;
    if (value === undefined) return cell.textContent.trim();
    return value === "" ? "" : Number(value);
  };
  const compare = (a, b, way) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    return way * (typeof a === "number" && typeof b === "number" ? a - b : order.compare(a, b));
  };

  const enhance = (table) => {
    const body = table.tBodies[0];
    const noun = table.dataset.paged;
    const size = Number(table.dataset.size ?? 50);
    const all = [...body.rows];
    let sorted = all;
    let wanted = all;
    let first = 0;
    let keep = () => true;

    const status = element("p", {});
    status.setAttribute("role", "status");
    const button = (text, by) => {
      const made = element("button", { type: "button" }, text);
      made.addEventListener("click", () => {
        if (made.getAttribute("aria-disabled") !== "true") page(first + by);
      });
      return made;
    };
    const previous = button("Previous", -size);
    const next = button("Next", size);
    const pager = element("div", { className: "pager" }, status, previous, next);
    pager.setAttribute("role", "group");
    pager.setAttribute("aria-label", `Pages of ${noun}`);

    const page = (start) => {
      first = start;
      const end = Math.min(first + size, wanted.length);
      body.replaceChildren(...wanted.slice(first, end));
      const of = wanted.length === all.length ? "" : ` (${number(all.length)} without filter)`;
      const which = wanted.length > size ? `${number(first + 1)} to ${number(end)} of ` : "";
      status.textContent = wanted.length ? `${which}${number(wanted.length)} ${noun} shown${of}` : `None of ${number(all.length)} ${noun} shown`;
      previous.setAttribute("aria-disabled", String(first === 0));
      next.setAttribute("aria-disabled", String(end === wanted.length));
      previous.hidden = next.hidden = wanted.length <= size;
    };
    const filter = (test) => {
      keep = test;
      wanted = sorted.filter(keep);
      page(0);
    };

    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const toggle = element("button", { type: "button" }, ...head.childNodes);
      head.replaceChildren(toggle);
      toggle.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort") ?? (head.dataset.first ? "ascending" : "descending");
        const now = was === "ascending" ? "descending" : "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", now);
        const way = now === "ascending" ? 1 : -1;
        const keyed = all.map((row) => [key(row.cells[column]), row]);
        sorted = keyed.sort(([a], [b]) => compare(a, b, way)).map(([, row]) => row);
        filter(keep);
      });
    });

    // A short table says for itself how long it is.
    if (all.length > size || "filtered" in table.dataset) table.before(pager);
    page(0);
    table.classList.add("ready");
    addEventListener("beforeprint", () => body.replaceChildren(...wanted));
    addEventListener("afterprint", () => page(first));
    return filter;
  };

  const enhanceFilters = (form, filter) => {
    const selects = [...form.querySelectorAll("select")];
    const text = form.querySelector("input");
    const texts = new Map();
    const textOf = (row) => {
      if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
      return texts.get(row);
    };
    const apply = () => {
      const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
      const set = selects.filter((select) => select.value).map((select) => [select.name, select.value.split(" ")]);
      filter(
        (row) => set.every(([name, values]) => values.includes(row.dataset[name])) && words.every((word) => textOf(row).includes(word)),
      );
    };
    const choose = (values) => {
      text.value = "";
      selects.forEach((select) => (select.value = values.get(select.name) ?? ""));
      apply();
    };
    text.addEventListener("input", apply);
    selects.forEach((select) => select.addEventListener("change", apply));
    form.querySelector("button").addEventListener("click", () => choose(new Map()));
    document.querySelectorAll("a[data-filter]").forEach((link) =>
      link.addEventListener("click", () => choose(new URLSearchParams(link.dataset.filter))),
    );
    form.hidden = false;
  };

  for (const table of document.querySelectorAll("table[data-paged]")) {
    const filter = enhance(table);
    const form = table.parentElement.querySelector(".filters");
    if (form) enhanceFilters(form, filter);
  }
})();
