import { Socket } from "./socket.js";

/** Older messages leave the page. */
const MESSAGES_SHOWN = 100;

const element = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const uId = query.get("uId")?.trim() || "1";

/** A number of milliseconds in the page's address, such as `?heartbeat=500&timeout=300`. */
function milliseconds(name) {
  const value = Number(query.get(name));
  return value > 0 ? { [name]: value } : {};
}

const socket = new Socket(`/webSocket/${encodeURIComponent(uId)}`, {
  ...milliseconds("heartbeat"),
  ...milliseconds("timeout"),
});

socket.onmessage = ({ data: text }) => {
  show(text);
  const data = parse(text);
  // The message is painted first: an alert holds the page up.
  if (data?.step == 1) setTimeout(() => alert(data.msg));
};

socket.onheartbeat = (roundTrip) => {
  const heartbeat = element("heartbeat");
  heartbeat.textContent = `${time()}, after ${roundTrip < 1 ? "less than 1" : Math.round(roundTrip)} ms`;
  heartbeat.dataset.count = Number(heartbeat.dataset.count) + 1;
  element("detail").textContent = "";
};

let countdown;

socket.onstate = ({ state, wait }) => {
  const shown = element("state");
  const until = performance.now() + wait;
  const seconds = () => Math.max(0, Math.ceil((until - performance.now()) / 1000));
  const update = () => (shown.textContent = state === "waiting" ? `waiting ${seconds()} s` : state);
  clearInterval(countdown);
  if (state === "waiting") countdown = setInterval(update, 250);
  update();
  shown.dataset.state = state;
  element("toggle").textContent = { waiting: "Try now", closed: "Connect" }[state] ?? "Disconnect";
  element("send").disabled = state !== "open";
  if (state !== "open") return;
  socket.send("Hello WebSockets!");
  showNode();
};

socket.onclose = ({ code, reason }) => {
  // A browser does not tell a script which of the two it was.
  const unknown = code === 1006 ? "the server does not answer, or refuses" : "the server closed the connection";
  element("detail").textContent = `Not connected: ${reason || unknown} (code ${code}).`;
};

element("toggle").onclick = () => {
  if (socket.state === "closed" || socket.state === "waiting") return socket.open();
  element("detail").textContent = "";
  socket.close();
};

element("form").onsubmit = (event) => {
  event.preventDefault();
  const { text } = event.target.elements;
  if (!socket.send(text.value)) return;
  element("sent").textContent = `Sent at ${time()}. Look at the server's log.`;
  text.value = "";
};

addEventListener("beforeunload", () => socket.close());
// A page that the browser kept and shows again ("back") is alive, but its socket is closed.
addEventListener("pageshow", ({ persisted }) => persisted && socket.open());

/** Puts a message on top of the list; as text, so that it can never become part of the page. */
function show(text) {
  const messages = element("messages");
  const message = document.createElement("li");
  const at = document.createElement("time");
  const body = document.createElement("span");
  at.textContent = time();
  body.textContent = text;
  message.append(at, body);
  messages.prepend(message);
  if (messages.children.length > MESSAGES_SHOWN) messages.lastElementChild.remove();
  messages.dataset.count = Number(messages.dataset.count) + 1;
  element("empty").hidden = true;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function time() {
  return new Date().toLocaleTimeString();
}

/** Which of several nodes this page is on; there is nothing to show if there is one, or none that answers. */
async function showNode() {
  const answer = await fetch("node").catch(() => undefined);
  if (answer?.status !== 200) return;
  element("node").textContent = await answer.text();
  element("node-row").hidden = false;
}

const hello = JSON.stringify({ step: 1, type: 2, msg: "hello" });
const other = new URL(location);
other.searchParams.set("uId", uId === "1" ? "2" : "1");
element("uid").textContent = uId;
element("address").textContent = socket.url;
element("other").href = element("other").textContent = other.search;
// encodeURIComponent leaves a quote alone, which would end the quoted word of the command.
const key = encodeURIComponent(uId).replaceAll("'", "%27");
element("curl").textContent =
  `curl -X POST '${location.origin}/push/${key}' \\\n` +
  `  -H 'content-type: application/json' \\\n  -d '${hello}'`;
socket.open();
