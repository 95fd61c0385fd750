// The catalogue made live: empty fields stay out of the address, and names are suggested while somebody types.
// Without JavaScript the form is sent by its button and the search field is a plain one.
document.addEventListener("htmx:configRequest", (event) => {
  const { parameters } = event.detail;
  for (const name of Object.keys(parameters)) {
    if (parameters[name] === "" || (name === "sort" && parameters[name] === "newest")) delete parameters[name];
  }
});

// After a swap the keyboard stays where it was, and what was unfolded stays so; only "Show" puts the sheet away.
let kept = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const unfolded = new Map([...document.querySelectorAll("#shelf details[id]")].map((details) => [details.id, details.open]));
  if (event.detail.requestConfig?.triggeringEvent?.type === "submit") unfolded.set("filter-sheet", false);
  kept = { unfolded, focus: document.activeElement?.id };
});
document.addEventListener("htmx:afterSettle", () => {
  if (!kept) return;
  for (const [id, open] of kept.unfolded) {
    const details = document.getElementById(id);
    if (details) details.open = open;
  }
  if (kept.focus) document.getElementById(kept.focus)?.focus({ preventScroll: true });
  kept = null;
  suggest();
});

function suggest() {
  for (const wrap of document.querySelectorAll("[data-suggest]:not([data-live])")) {
    wrap.dataset.live = "";
    const input = wrap.querySelector("input");
    const list = document.createElement("ul");
    list.id = "suggestions";
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", wrap.dataset.name);
    wrap.append(list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off" })) input.setAttribute(name, value);
    new Suggestions(input, list, wrap.dataset.suggest);
  }
}

function optionOf({ name, sort, address, count }, number) {
  const option = document.createElement("li");
  const [title, about] = [document.createElement("span"), document.createElement("small")];
  title.textContent = name;
  about.textContent = count ? `${sort} · ${count}` : sort;
  about.className = "muted";
  option.append(title, about);
  option.id = `suggestion-${number + 1}`;
  option.dataset.address = address;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  return option;
}

class Suggestions {
  at = -1;
  asked = 0;

  constructor(input, list, address) {
    Object.assign(this, { input, list, address });
    input.addEventListener("input", (event) => { if (!event.isComposing) this.later(); });
    input.addEventListener("compositionend", () => this.later());
    input.addEventListener("change", (event) => event.stopPropagation()); // typed words are sent with Enter or the button
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.hide());
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) location.assign(option.dataset.address);
    });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), 160);
  }

  async ask() {
    const words = this.input.value.trim();
    const turn = ++this.asked;
    if (!words) return this.hide();
    const answer = await fetch(`${this.address}?q=${encodeURIComponent(words)}`).catch(() => null);
    if (!answer?.ok || turn !== this.asked || document.activeElement !== this.input) return;
    this.list.replaceChildren(...(await answer.json()).options.map(optionOf));
    this.at = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.show(this.options.length > 0);
  }

  get options() { return [...this.list.querySelectorAll("[role=option]")]; }

  show(isShown) {
    this.list.hidden = !isShown;
    this.input.setAttribute("aria-expanded", String(isShown));
  }

  hide() {
    this.asked++;
    this.show(false);
    this.at = -1;
    this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.isComposing) return;
    const { options } = this;
    if (event.key === "Escape" && !this.list.hidden) { event.preventDefault(); this.hide(); }
    else if (event.key === "Enter" && this.at >= 0) { event.preventDefault(); location.assign(options[this.at].dataset.address); }
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !this.list.hidden) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.at = (this.at + step + options.length + 1) % (options.length + 1);
      if (this.at === options.length) this.at = step > 0 ? -1 : options.length - 1;
      options.forEach((option, number) => option.setAttribute("aria-selected", String(number === this.at)));
      if (this.at >= 0) this.input.setAttribute("aria-activedescendant", options[this.at].id);
      else this.input.removeAttribute("aria-activedescendant");
    }
  }
}

suggest();
