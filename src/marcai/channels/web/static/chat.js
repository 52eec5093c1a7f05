"use strict";

const WORDS = {
  "pt-BR": { tagline: "Agendamento por conversa", as: "Escrever como", visitor: "Visitante", write: "Escreva aqui…", send: "Enviar", busy: "ocupado", held: "reservado para você", mine: "sua consulta", panel: "O que entendi",
    hello: "Olá! Posso marcar, remarcar ou cancelar uma consulta. O que você precisa?", yes: "Sim, pode marcar", other: "Outro horário", fault: "Não consegui enviar. Tente de novo.", closed: "Ninguém atende neste dia.",
    state: "Estado", intent: "Intenção", provider: "Profissional", specialty: "Especialidade", appointment_type: "Tipo", days: "Dias", times: "Horário", reason: "Motivo", missing: "Falta", appointment: "Consulta", handoff: "Equipe" },
  en: { tagline: "Booking by conversation", as: "Write as", visitor: "Visitor", write: "Write here…", send: "Send", busy: "taken", held: "held for you", mine: "your visit", panel: "What I understood",
    hello: "Hello! I can book, move or cancel a visit. What do you need?", yes: "Yes, book it", other: "Another time", fault: "That could not be sent. Please try again.", closed: "Nobody works on this day.",
    state: "State", intent: "Intent", provider: "Provider", specialty: "Specialty", appointment_type: "Type", days: "Days", times: "Time", reason: "Reason", missing: "Missing", appointment: "Visit", handoff: "Staff" },
  zh: { tagline: "聊天预约", as: "身份", visitor: "访客", write: "请在这里输入…", send: "发送", busy: "已占用", held: "为您保留", mine: "您的预约", panel: "我的理解",
    hello: "您好！我可以帮您预约、改期或取消就诊。请问需要什么？", yes: "好的，就约这个", other: "换个时间", fault: "发送失败，请再试一次。", closed: "这一天没有医生出诊。",
    state: "状态", intent: "意图", provider: "医生", specialty: "科室", appointment_type: "类型", days: "日期", times: "时间", reason: "原因", missing: "还需要", appointment: "预约", handoff: "人工" },
};
const $ = (id) => document.getElementById(id);
const made = (tag, className, text) => { const node = document.createElement(tag); node.className = className || ""; if (text !== undefined) node.textContent = text; return node; };
let language = localStorage.getItem("marcai-language") || (navigator.language.startsWith("zh") ? "zh" : navigator.language.startsWith("en") ? "en" : "pt-BR");
let chosen = false, day = null, last = null, clinic = null, offered = null;
const say = (word) => WORDS[language][word];

function show(kind, text) { const line = made("li", kind, text); $("messages").append(line); line.scrollIntoView({ block: "end" }); return line; }

function drawWords() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  $("text").placeholder = say("write");
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  if ($("person").options.length) $("person").options[0].textContent = say("visitor");
  if (last) drawState(last);
  if (day) drawTitle();
}

function drawTitle() {
  const [year, month, date] = day.split("-").map(Number);
  $("day-title").textContent = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(Date.UTC(year, month - 1, date));
}

function drawState(answer) {
  const found = answer.entities, days = [found.date_from, found.date_to].filter(Boolean), times = [found.time_from, found.time_to].filter(Boolean);
  const rows = [["state", answer.state], ["intent", answer.intent], ["provider", found.provider && `${found.provider.name} (${Math.round(found.provider.score * 100)} %)`], ["specialty", found.specialty],
    ["appointment_type", found.appointment_type && found.appointment_type.name], ["days", [...new Set(days)].join(" – ")], ["times", [...new Set(times)].join(" – ")], ["reason", found.reason],
    ["missing", answer.missing.join(", ")], ["appointment", answer.appointment && `${answer.appointment.start_time.slice(0, 16).replace("T", " ")} · ${answer.appointment.status}`], ["handoff", answer.handoff && answer.handoff.reason]];
  $("state").replaceChildren(...rows.filter(([, value]) => value).flatMap(([name, value]) => [made("dt", "", say(name)), made("dd", "", value)]));
}

function drawOffer(offer) {
  const card = made("li", "offer"), zone = offer.start_time.slice(0, 16);
  const [year, month, date] = zone.slice(0, 10).split("-").map(Number);
  card.append(made("b", "", new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(Date.UTC(year, month - 1, date)) + " · " + zone.slice(11)));
  card.append(made("span", "", offer.provider_name), made("span", "", offer.location_name));
  const buttons = made("div"), yes = made("button", "yes", say("yes")), other = made("button", "", say("other"));
  yes.onclick = () => send(say("yes")); other.onclick = () => send(say("other"));
  buttons.append(yes, other); card.append(buttons); $("messages").append(card); card.scrollIntoView({ block: "end" });
}

async function drawDay() {
  const answer = await fetch(`chat/day?date=${day}${person()}`);
  if (!answer.ok) return;
  const shown = await answer.json(), from = 7, to = 22, share = (clock) => { const [h, m] = clock.split(":").map(Number); return Math.min(100, Math.max(0, ((h + m / 60 - from) / (to - from)) * 100)); };
  drawTitle();
  if (!shown.providers.length) { $("day").replaceChildren(made("p", "empty", say("closed"))); return; }
  const scale = made("div", "row scale"), track = made("div", "track");
  for (let hour = 8; hour < to; hour += 2) { const mark = made("span", "", String(hour)); mark.style.left = `${share(`${hour}:00`)}%`; track.append(mark); }
  scale.append(made("span", "name"), track);
  const rows = shown.providers.map((provider) => {
    const row = made("div", "row"), line = made("div", "track"), name = made("span", "name", provider.name);
    name.title = provider.name;
    for (const block of provider.blocks) {
      const node = made("div", block.kind === "hours" ? "hours" : `block ${block.kind}`);
      node.style.left = `${share(block.start)}%`; node.style.width = `${share(block.end) - share(block.start)}%`; node.title = `${block.start}–${block.end}`;
      line.append(node);
    }
    row.append(name, line); return row;
  });
  $("day").replaceChildren(scale, ...rows);
}

const person = () => ($("person").value ? `&patient_id=${$("person").value}` : "");

async function send(text) {
  if (!text.trim()) return;
  show("me", text); $("text").value = ""; $("suggestions").replaceChildren();
  const body = { message: text, message_id: crypto.randomUUID ? crypto.randomUUID() : String(Date.now()) + Math.random() };
  if (chosen) body.language = language;
  chosen = false;
  if ($("person").value) body.patient_id = $("person").value;
  let answer;
  try {
    const got = await fetch("chat/messages", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (!got.ok) throw new Error(String(got.status));
    answer = await got.json();
  } catch { show("fault", say("fault")); return; }
  last = answer;
  if (WORDS[answer.language] && answer.language !== language) { language = answer.language; drawWords(); }
  show("them", answer.reply);
  // The card of a slot that is still on the table stays as it is; any other is over.
  const hold = answer.offer && answer.offer.hold_id;
  if (hold !== offered) for (const card of document.querySelectorAll(".offer")) card.classList.add("past");
  if (answer.offer && hold !== offered) drawOffer(answer.offer);
  offered = hold;
  for (const words of answer.suggestions) { const button = made("button", "", words); button.onclick = () => send(words); $("suggestions").append(button); }
  $("messages").scrollTop = $("messages").scrollHeight;
  drawState(answer);
  const moment = (answer.offer || answer.appointment || {}).start_time;
  if (moment) day = moment.slice(0, 10);
  await drawDay();
}

function moveDay(by) { const [y, m, d] = day.split("-").map(Number); day = new Date(Date.UTC(y, m - 1, d + by)).toISOString().slice(0, 10); drawDay(); }

async function begin() {
  clinic = await (await fetch("chat/clinic")).json();
  $("clinic").textContent = clinic.name; document.title = `${clinic.name} · Marcaí`; day = clinic.today;
  if (clinic.people.length) {
    document.querySelector(".as").hidden = false;
    $("person").append(new Option(say("visitor"), ""), ...clinic.people.map((one) => new Option(one.name, one.id)));
  }
  drawWords(); show("them", say("hello")); await drawDay();
}

$("compose").addEventListener("submit", (event) => { event.preventDefault(); send($("text").value); });
$("before").onclick = () => moveDay(-1);
$("after").onclick = () => moveDay(1);
$("person").onchange = () => { $("messages").replaceChildren(); $("suggestions").replaceChildren(); $("state").replaceChildren(); last = offered = null; show("them", say("hello")); drawDay(); };
for (const button of document.querySelectorAll("[data-language]")) button.onclick = () => { language = button.dataset.language; chosen = true; localStorage.setItem("marcai-language", language); drawWords(); };
begin();
