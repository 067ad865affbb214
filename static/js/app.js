// Comforts on top of pages that work without any of this. Each block looks for its own
// data attribute, does nothing where it is missing, and takes its words from the page.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Some browsers refuse storage altogether; a preference is then simply not kept.
const memory = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* not kept */ } },
};

function afterPause(milliseconds, act) {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(act, milliseconds); };
}

// ── Light or dark: button[data-theme-toggle] ───────────────────────────────────────────────
// theme.js has already put the stored choice on <html> before the first paint.
function themeToggle(button) {
  const root = document.documentElement;
  const isDark = () => root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    memory.set("theme", root.dataset.theme);
    show();
  });
}

// ── Errors come first: the summary takes the focus ─────────────────────────────────────────
function focusErrors() {
  const summary = document.querySelector(".error-summary");
  if (!summary) return;
  summary.tabIndex = -1;
  summary.focus();
}

// ── Menus close on Escape and on a click elsewhere ─────────────────────────────────────────
function closingMenus(menus) {
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus) {
      if (!menu.open) continue;
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

// ── How many characters are left: [data-counter] beside a text with data-max ───────────────
// Counts as the server does, by Unicode scalars and not by UTF-16 units, and in NFC.
function counter(output) {
  const field = document.getElementById(output.dataset.counter);
  const most = Number(field?.dataset.max ?? field?.maxLength);
  if (!field || !(most > 0)) return;
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const show = () => {
    const used = [...field.value.normalize("NFC")].length;
    output.textContent = `${number.format(used)} / ${number.format(most)}`;
    output.classList.toggle("counter-over", used > most);
  };
  field.addEventListener("input", show);
  show();
}

// ── Drafts keep themselves: form[data-autosave="URL"] ──────────────────────────────────────
// [data-autosave-status] carries data-saving, data-saved and data-failed in the page's language.
function autosave(form) {
  const status = form.querySelector("[data-autosave-status]");
  const say = (text) => { if (status) status.textContent = text ?? ""; };
  let lastSaved = body();
  let running = false;

  function body() {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
    return fields.toString();
  }
  async function save() {
    const now = body();
    if (now === lastSaved) return;
    if (running) { later(); return; }
    running = true;
    say(status?.dataset.saving);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body: now, credentials: "same-origin",
        headers: { "Content-Type": "application/x-www-form-urlencoded", "X-Autosave": "1" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      lastSaved = now;
      const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
      say(`${status?.dataset.saved ?? ""} ${time}`);
    } catch {
      say(status?.dataset.failed);
      setTimeout(later, 8000);
    } finally {
      running = false;
    }
  }
  const later = afterPause(1500, save);
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  addEventListener("online", later);
}

// ── Who could help already? form[data-similar="URL"] fills [data-similar-target] ───────────
function similarWhileTyping(form) {
  const target = document.querySelector(form.dataset.similarInto ?? "[data-similar-target]");
  if (!target) return;
  const named = (name) => form.elements.namedItem(name)?.value?.trim() ?? "";
  let asked = "";
  let asking = null;

  async function look() {
    const fields = new URLSearchParams();
    for (const name of ["kind", "title", "summary", "body"]) fields.set(name, named(name));
    const text = fields.toString();
    const letters = (named("title") + named("summary") + named("body")).match(/\p{L}/gu)?.length ?? 0;
    if (letters < 15) { asking?.abort(); asked = ""; target.replaceChildren(); return; }
    if (text === asked) return;
    asked = text;
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(form.dataset.similar, {
        method: "POST", body: fields, credentials: "same-origin", signal: asking.signal,
        headers: { "X-Fragment": "1" },
      });
      // The fragment is our own server's askama output, escaped there.
      if (answer.ok) target.innerHTML = await answer.text();
    } catch { /* an older question was overtaken, or the line dropped: keep what is shown */ }
  }
  const soon = afterPause(400, look);
  form.addEventListener("input", (event) => {
    if (["title", "summary", "body"].includes(event.target.name)) soon();
  });
  soon();
}

// ── Copy a link: button[data-copy="text"], answers with data-copied ────────────────────────
function copyButton(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const label = button.querySelector("[data-copy-label]") ?? button;
  const before = label.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy || location.href);
      label.textContent = button.dataset.copied ?? before;
      setTimeout(() => { label.textContent = before; }, 2000);
    } catch { /* refused by the browser: the address bar still has it */ }
  });
}

// ── Print: button[data-print] ──────────────────────────────────────────────────────────────
function printButton(button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// ── A list worked by keys: [data-triage] ───────────────────────────────────────────────────
// j and k move; any other key presses the [data-key] of the item that has the focus. Keys act
// only while the focus is in the list, never in a text field, and can be switched off (WCAG 2.1.4).
function triage(list) {
  const items = () => all("[data-item]", list);
  const here = () => document.activeElement.closest?.("[data-item]");
  const help = document.querySelector("[data-triage-help]");
  const toggle = document.querySelector("[data-triage-toggle]");
  let on = memory.get("triage-keys") !== "off";

  const show = () => { if (toggle) { toggle.hidden = false; toggle.setAttribute("aria-pressed", String(on)); } };
  toggle?.addEventListener("click", () => { on = !on; memory.set("triage-keys", on ? "on" : "off"); show(); });
  show();

  for (const item of items()) item.tabIndex = -1;
  if (items()[0]) items()[0].tabIndex = 0;

  function move(step) {
    const row = items();
    const target = row[Math.min(row.length - 1, Math.max(0, row.indexOf(here()) + step))];
    for (const item of row) item.tabIndex = item === target ? 0 : -1;
    target?.focus();
    target?.scrollIntoView({ block: "nearest" });
  }

  list.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select")) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") {
      event.preventDefault();
      move(key === "j" ? 1 : -1);
    } else if (event.key === "?" && help) {
      event.preventDefault();
      help.open = !help.open;
    } else if (key.length === 1) {
      const act = here()?.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (!act) return;
      event.preventDefault();
      if (act instanceof HTMLDetailsElement) {
        act.open = true;
        act.querySelector("input, button, a, textarea")?.focus();
      } else {
        act.click();
      }
    }
  });
}

// ── Board: [data-board] cards may be dragged to a lane whose stage their form offers ───────
// Dragging only picks the option in the card's own "move to" form and sends it.
function board(root) {
  let dragged = null;
  const choice = (lane) => dragged && all("select[name=stage] option, button[name=stage]", dragged)
    .find((option) => option.value === lane.dataset.stage && !option.disabled);
  for (const card of all("[data-card]", root)) {
    if (!card.querySelector("[name=stage]")) continue;
    card.draggable = true;
    card.addEventListener("dragstart", () => { dragged = card; });
    card.addEventListener("dragend", () => { dragged = null; });
  }
  for (const lane of all("[data-stage]", root)) {
    lane.addEventListener("dragover", (event) => {
      if (!choice(lane)) return;
      event.preventDefault();
      lane.classList.add("over");
    });
    lane.addEventListener("dragleave", () => lane.classList.remove("over"));
    lane.addEventListener("drop", (event) => {
      lane.classList.remove("over");
      const option = choice(lane);
      if (!option) return;
      event.preventDefault();
      if (option instanceof HTMLButtonElement) { option.click(); return; }
      option.selected = true;
      option.form?.requestSubmit?.() ?? option.closest("form").requestSubmit();
    });
  }
}

// ── A form is sent once, however often the button is pressed ───────────────────────────────
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 5000);
}

all("[data-theme-toggle]").forEach(themeToggle);
all("[data-counter]").forEach(counter);
all("form[data-autosave]").forEach(autosave);
all("form[data-similar]").forEach(similarWhileTyping);
all("[data-copy]").forEach(copyButton);
all("[data-print]").forEach(printButton);
all("[data-triage]").forEach(triage);
all("[data-board]").forEach(board);
closingMenus(all("details.menu, details.drop"));
document.addEventListener("submit", sendOnce);
addEventListener("pageshow", () => { for (const form of all("form[data-sent]")) delete form.dataset.sent; });
focusErrors();
