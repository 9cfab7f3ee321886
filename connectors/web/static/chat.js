// Makes the page quick: own words appear at once, replies come without a reload. Without this file the forms still work.
const log = document.querySelector(".log");
const form = document.querySelector(".write");
const box = form.querySelector("textarea");
const end = document.querySelector("#end");
const others = document.querySelector("#others");

const newer = document.querySelector(".newer");

const toEnd = () => log.scrollTo({ top: log.scrollHeight });
const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;

// Whoever has scrolled up to read is not torn away: a button leads down to what is new.
function follow(wasAtEnd) {
  if (wasAtEnd) toEnd();
  else newer.hidden = false;
}
// Outside the demo every form carries what only our own pages know.
const token = document.querySelector('meta[name="kontor-token"]')?.content;
const json = { "Content-Type": "application/json", ...(token && { "X-Kontor-Token": token }) };
const newKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join("-");

function bubble(text, kind) {
  const turn = document.createElement("div");
  turn.className = `turn ${kind}`;
  const inner = document.createElement("div");
  inner.className = "bubble";
  inner.textContent = text;
  turn.append(inner);
  end.before(turn);
  toEnd();
  return turn;
}

function show({ id, html }) {
  if (log.querySelector(`[data-id="${id}"]`)) return;
  const parsed = new DOMParser().parseFromString(html, "text/html"); // made by the server, every value escaped
  end.before(...parsed.body.children);
}

async function send(content) {
  const typing = bubble(log.dataset.typing, "typing");
  form.querySelector(".lost")?.remove();
  try {
    const answer = await fetch("/talk/say", {
      method: "POST",
      headers: json,
      body: JSON.stringify({ key: newKey(), ...content }),
    });
    if (answer.redirected) return ended(typing, content);
    if (!answer.ok) throw new Error(answer.status);
    const { replies } = await answer.json();
    if (log.hidden) return location.reload(); // signed in again in another window
    typing.remove();
    replies.forEach(show);
    await seen(replies.map((reply) => reply.id));
  } catch {
    typing.remove();
    const lost = document.createElement("p");
    lost.className = "lost";
    lost.setAttribute("role", "alert");
    lost.textContent = log.dataset.lost;
    form.append(lost);
    if (content.text) box.value = content.text;
  }
  toEnd();
  refreshOthers();
}

// Signed out meanwhile: what was said is no longer shown, what was being written is kept.
function ended(typing, content = {}) {
  typing?.remove();
  if (content.text) box.value = content.text;
  if (!box.value.trim()) return location.assign("/");
  log.hidden = true;
  const told = document.createElement("p");
  told.className = "lost";
  told.setAttribute("role", "alert");
  const again = document.createElement("a");
  again.href = "/";
  again.target = "_blank";
  again.textContent = log.dataset.again;
  told.append(`${log.dataset.ended} `, again);
  form.querySelector(".lost")?.remove();
  form.append(told);
}

const seen = (ids) =>
  fetch("/talk/seen", { method: "POST", headers: json, body: JSON.stringify(ids) });

async function refreshOthers() {
  if (!others) return;
  const answer = await fetch("/talk/others");
  if (!answer.ok) return;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  others.replaceChildren(...parsed.body.children);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = box.value.trim();
  if (!text) return;
  bubble(text, "own");
  box.value = "";
  send({ text });
});

box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest("textarea, input")) {
    event.preventDefault();
    box.focus();
  }
});

document.addEventListener("click", (event) => {
  const starter = event.target.closest("[data-say]");
  if (starter) {
    bubble(starter.dataset.say, "own");
    send({ text: starter.dataset.say });
  }
});

log.addEventListener("submit", (event) => {
  const pressed = event.submitter;
  if (pressed?.name !== "press") return;
  event.preventDefault();
  event.target.remove();
  bubble(pressed.textContent, "own");
  send({ press: pressed.value });
});

const events = new EventSource("/talk/events");
events.addEventListener("message", (event) => {
  const reply = JSON.parse(event.data);
  const wasAtEnd = atEnd();
  show(reply);
  seen([reply.id]);
  follow(wasAtEnd);
});

if (token) {
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) ended();
  });
}

log.addEventListener("scroll", () => {
  if (atEnd()) newer.hidden = true;
});
newer.addEventListener("click", toEnd);

toEnd();
if (matchMedia("(min-width: 901px)").matches) box.focus();
setInterval(refreshOthers, 5000);
