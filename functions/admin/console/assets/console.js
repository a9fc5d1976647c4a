"use strict";
// Everything that comes from outside is written as text, never as markup.
const POLL_MS = 1500;
const byId = (id) => document.getElementById(id);
const local = ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname);
let tag = "";
let outboxTag = "";
let outboxThere = local;
let stages = [];

function takeKey() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given) {
    sessionStorage.setItem("key", given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem("key") || (local ? "local-owner" : "");
}
let key = takeKey();

function make(name, text, className) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

function clock(moment) {
  const found = new Date(moment);
  return Number.isNaN(found.getTime()) ? "" : found.toLocaleString();
}

function say(text, bad) {
  const state = byId("state");
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle("bad", Boolean(bad));
}

async function ask(path, options) {
  const headers = { authorization: `Bearer ${key}`, ...(options && options.headers) };
  return fetch(path, { cache: "no-store", ...options, headers });
}

function showStages(stages, waiting) {
  const list = byId("stages");
  list.replaceChildren(...stages.map((stage) => {
    const item = make("li");
    item.dataset.stage = stage.name;
    const counts = make("dl");
    const rows = { ...stage.counts };
    for (const [queue, amount] of Object.entries(waiting)) {
      const name = queue.toLowerCase();
      if (name.includes(stage.name) && !/dead|dlq|letter/.test(name)) rows.waiting = (rows.waiting || 0) + amount;
    }
    for (const [name, amount] of Object.entries(rows)) {
      const shown = make("dd", amount.toLocaleString("en"));
      shown.dataset.count = name;
      counts.append(make("dt", name), shown);
    }
    item.append(make("h3", stage.name), counts);
    return item;
  }));
}

function fill(id, rows) {
  const list = byId(id);
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const none = rows ? "None yet" : `The role of this key may not see ${id}`;
  list.replaceChildren(...(rows && rows.length ? rows : [make("li", none, "empty")]));
  if (focused) {
    const again = [...list.querySelectorAll("[data-id]")].find((node) => node.dataset.id === focused);
    if (again) again.focus();
  }
}

function link(text, id, act) {
  const button = make("button", text, "link");
  button.type = "button";
  button.dataset.id = id;
  button.addEventListener("click", act);
  return button;
}

function eventRow(event) {
  const row = make("li");
  const main = make("span", undefined, "main");
  main.append(make("strong", event.name || event.type), " ", make("small", event.source));
  row.append(main, link(`${event.profile_id.slice(0, 8)}…`, `e-${event.profile_id}-${event.received_at}`, () => showPerson(event.profile_id)));
  if (event.messages) row.append(make("span", `${event.messages} ✉`, "soft"));
  row.append(make("small", clock(event.received_at)));
  return row;
}

function messageRow(message) {
  const row = make("li");
  const main = make("span", undefined, "main");
  main.append(link(message.template, `m-${message.id}`, () => showMessage(message.id)));
  row.append(main, make("span", message.status, `status ${message.status}`));
  if (message.opened) row.append(make("span", "opened", "status"));
  if (message.clicked) row.append(make("span", "clicked", "status"));
  row.append(make("small", clock(message.planned_at)));
  return row;
}

function waitingRow(item) {
  const row = make("li");
  const main = make("span", undefined, "main");
  main.append(link(item.reason, `q-${item.id}`, () => showWaiting(item.id)), " ", make("small", item.source));
  row.append(main, make("span", item.door, "status"), make("small", clock(item.received_at)));
  return row;
}

function showQuarantine(items) {
  byId("quarantine-count").textContent = items && items.length ? `(${items.length}${items.length === 20 ? " or more" : ""})` : "";
  fill("quarantine", items && items.map(waitingRow));
}

function open(title, ...nodes) {
  byId("letter-title").textContent = title;
  byId("letter-body").replaceChildren(...nodes);
  if (!byId("letter").open) byId("letter").showModal();
}

async function showJson(title, ...paths) {
  const answers = await Promise.all(paths.map((path) => ask(path)));
  const texts = await Promise.all(answers.map((answer) => answer.json()));
  const nodes = texts.map((text) => {
    const shown = make("pre", JSON.stringify(text, null, 2));
    shown.tabIndex = 0;
    return shown;
  });
  open(title, ...nodes);
}
const showPerson = (id) => showJson("Profile", `/v1/profiles/${encodeURIComponent(id)}`, `/v1/profiles/${encodeURIComponent(id)}/timeline?limit=20`);
const showMessage = (id) => showJson("Message", `/v1/messages/${encodeURIComponent(id)}`);
const showWaiting = (id) => showJson("In quarantine", `/v1/quarantine/${encodeURIComponent(id)}`);

function mailRow(mail) {
  const row = make("li");
  row.dataset.mail = mail.id;
  const main = make("span", undefined, "main");
  main.append(link(mail.subject || "(no subject)", `b-${mail.id}`, () => openMail(mail)), " ", make("small", `to ${mail.to}`));
  const actions = make("span", undefined, "actions");
  for (const reaction of ["open", "click", "bounce", "complain"]) {
    const button = make("button", reaction);
    button.type = "button";
    button.dataset.id = `${reaction}-${mail.id}`;
    button.setAttribute("aria-label", `${reaction}: ${mail.subject} to ${mail.to}`);
    button.addEventListener("click", () => react(mail.id, reaction));
    actions.append(button);
  }
  row.append(main, make("small", clock(mail.sent_at)), actions);
  return row;
}

function openMail(mail) {
  const frame = make("iframe");
  frame.title = `Mail: ${mail.subject}`;
  frame.setAttribute("sandbox", "");
  frame.src = `/view/${encodeURIComponent(mail.id)}.html`;
  open(mail.subject || "(no subject)", make("p", `From ${mail.from} to ${mail.to}`, "soft"), frame);
}

async function react(id, reaction) {
  const options = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
  const answer = await ask(`/_local/outbox/${encodeURIComponent(id)}/${reaction}`, options);
  if (answer.ok) return say(`${reaction}: done`);
  const problem = await answer.json().catch(() => ({}));
  say(`${reaction}: ${problem.detail || answer.status}`, true);
}

async function pollLocal() {
  if (!outboxThere) return {};
  const answer = await fetch("/_local/counts", { cache: "no-store" });
  if (!answer.ok) return {};
  const counts = await answer.json();
  const replay = counts.progress || {};
  byId("progress").hidden = !replay.demo;
  byId("progress").textContent = replay.demo ? `Demo ${replay.demo}: ${replay.done} of ${replay.total} events (${replay.state})` : "";
  return counts.queues || {};
}

async function pollOutbox() {
  if (!outboxThere) return;
  const answer = await fetch("/_local/outbox?limit=50", { cache: "no-store" });
  outboxThere = answer.ok;
  byId("outbox").hidden = !answer.ok;
  if (!answer.ok) return;
  const mails = (await answer.json()).data;
  const now = mails.map((mail) => mail.id).join();
  byId("outbox-count").textContent = mails.length ? `(${mails.length}${mails.length === 50 ? " newest" : ""})` : "";
  if (now === outboxTag) return;
  outboxTag = now;
  fill("mails", mails.map(mailRow));
}

async function pollLive() {
  const answer = await ask("/console/live", { headers: tag ? { "if-none-match": tag } : {} });
  byId("login").hidden = answer.status !== 401 && answer.status !== 403;
  byId("forget").hidden = !answer.ok && answer.status !== 304;
  if (answer.status === 304) {
    showStages(stages, await pollLocal());
    return say("Live");
  }
  if (!answer.ok) return say(answer.status === 401 ? "Needs a key" : `No answer (${answer.status})`, true);
  const live = await answer.json();
  tag = answer.headers.get("etag") || "";
  stages = live.stages;
  showStages(stages, await pollLocal());
  fill("events", live.events && live.events.map(eventRow));
  fill("messages", live.messages && live.messages.map(messageRow));
  showQuarantine(live.quarantine);
  const dead = byId("dead");
  dead.hidden = false;
  dead.textContent = live.dead_letters === null
    ? "The role of this key may not see dead letters"
    : `Dead letters: ${live.dead_letters}${live.dead_letters === 100 ? " or more" : ""}`;
  say("Live");
}

async function poll() {
  try {
    if (!document.hidden) {
      if (key) await pollLive();
      else {
        byId("login").hidden = false;
        say("Needs a key", true);
      }
      await pollOutbox();
    }
  } catch {
    say("Not reachable; trying again", true);
  }
  setTimeout(poll, POLL_MS);
}

function useKey(text) {
  key = text;
  tag = "";
  if (text) sessionStorage.setItem("key", text);
  else sessionStorage.removeItem("key");
}

byId("login").addEventListener("submit", (event) => {
  event.preventDefault();
  useKey(byId("key").value.trim());
  byId("key").value = "";
});
byId("forget").addEventListener("click", () => {
  useKey("");
  byId("login").hidden = false;
  byId("key").focus();
});
poll();
