/**
 * A WebSocket that notices when it is dead, and comes back. Copy this file; it needs nothing else.
 *
 *     import { Socket } from "./socket.js";
 *
 *     const socket = new Socket("/webSocket/42");
 *     socket.onmessage = (event) => console.log(event.data);
 *     socket.onstate = ({ state }) => console.log(state);
 *     socket.open();
 *
 * Heartbeat: a script cannot see the pings of the protocol, so this sends the text `ping` and expects the server to
 * send the same text straight back. If nothing comes in time, the connection is dropped and made anew, because a cable
 * that was pulled closes nothing. On the server: `#[server_endpoint("/webSocket/<uId>", heartbeat = "ping")]`.
 *
 * Reconnecting: after a loss it waits a random time below a bound, and the bound doubles with each failure. So a
 * thousand pages do not all come back in the same instant. It tries at once when the computer is online again or
 * the page is looked at again. What was sent while it was away is not sent later: ask the server for what you missed.
 *
 * Options, with their defaults; times are in milliseconds:
 *
 *     heartbeatText   "ping"   what is sent and expected back; such a message never reaches `onmessage`
 *     heartbeat        25000   time between a heartbeat that came back and the next
 *     timeout           5000   how long a heartbeat may take to come back
 *     connectTimeout   10000   how long connecting may take
 *     minWait           1000   bound of the first wait before connecting again
 *     maxWait          30000   bound of every wait
 *     stableAfter      10000   a connection that lasted so long starts the waits from `minWait` again
 */
export class Socket {
  /** Called with `{ state, wait }`; the state is "connecting", "open", "waiting" (for `wait` ms) or "closed". */
  onstate = () => {};

  /** Called with the browser's MessageEvent for each message; its `data` is the message. */
  onmessage = () => {};

  /** Called with the round trip in ms each time a heartbeat came back. */
  onheartbeat = () => {};

  /** Called with `{ code, reason }` when the connection is lost. Call `close()` in it to stay away. */
  onclose = () => {};

  #url;
  #options;
  #state = "closed";
  #socket = null;
  /** One is enough: each state waits for one thing at a time. */
  #timer;
  #listening;
  #failures = 0;
  #openedAt = null;
  #heartbeatSentAt = null;

  /** @param url absolute (`wss://…`), or relative to the page; `https:` becomes `wss:` and `http:` becomes `ws:` */
  constructor(url, options = {}) {
    this.#url = new URL(url, location.href);
    this.#url.protocol = this.#url.protocol.replace(/^http/, "ws");
    this.#options = {
      heartbeatText: "ping",
      heartbeat: 25_000,
      timeout: 5_000,
      connectTimeout: 10_000,
      minWait: 1_000,
      maxWait: 30_000,
      stableAfter: 10_000,
      ...options,
    };
  }

  /** Connects. While it waits, it stops waiting and tries at once; while connected, it does nothing. */
  open() {
    if (this.#state === "connecting" || this.#state === "open") return;
    if (this.#state === "closed") {
      this.#listening = new AbortController();
      const { signal } = this.#listening;
      addEventListener("online", () => this.#wake(), { signal });
      document.addEventListener("visibilitychange", () => document.hidden || this.#wake(), { signal });
    }
    this.#connect();
  }

  /** Sends a message. Returns whether there was a connection to send it on; false means it is not sent. */
  send(data) {
    if (this.#state !== "open" || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(data);
    return true;
  }

  /** Closes the connection and stays closed until `open()`. The code is 1000 or from 3000 to 4999. */
  close(code = 1000, reason = "") {
    if (this.#state === "closed") return;
    this.#socket?.close(code, reason);
    this.#socket = null;
    this.#openedAt = null;
    this.#failures = 0;
    clearTimeout(this.#timer);
    this.#listening.abort();
    this.#enter("closed");
  }

  get url() {
    return this.#url.href;
  }

  get state() {
    return this.#state;
  }

  #connect() {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    // A socket that was given up may still have something to say; nobody listens to it any more.
    const whileCurrent = (handle) => (event) => socket === this.#socket && handle(event);
    socket.onopen = whileCurrent(() => this.#opened());
    socket.onmessage = whileCurrent((event) => this.#received(event));
    socket.onclose = whileCurrent(({ code, reason }) => this.#lost(code, reason));
    this.#after(this.#options.connectTimeout, () => this.#drop("connecting took too long"));
    this.#enter("connecting");
  }

  #opened() {
    this.#openedAt = performance.now();
    this.#beat();
    this.#enter("open");
  }

  #received(event) {
    if (event.data !== this.#options.heartbeatText) return this.onmessage(event);
    if (this.#heartbeatSentAt === null) return;
    const roundTrip = performance.now() - this.#heartbeatSentAt;
    this.#heartbeatSentAt = null;
    this.#after(this.#options.heartbeat, () => this.#beat());
    this.onheartbeat(roundTrip);
  }

  #beat() {
    this.#heartbeatSentAt = performance.now();
    this.#socket.send(this.#options.heartbeatText);
    this.#awaitHeartbeat(50);
  }

  /** A page that slept, or stood still behind an `alert()`, could not see the answer: it gets one more chance. */
  #awaitHeartbeat(tolerance) {
    const due = performance.now() + this.#options.timeout;
    this.#after(this.#options.timeout, () => {
      if (performance.now() > due + tolerance) this.#awaitHeartbeat(Infinity);
      else this.#drop("no heartbeat came back");
    });
  }

  #wake() {
    if (this.#state === "waiting") this.#connect();
    else if (this.#state === "open" && this.#heartbeatSentAt === null) this.#beat();
  }

  /** Gives up a socket without waiting for its `onclose`, which may take long on a dead line. */
  #drop(reason) {
    const socket = this.#socket;
    this.#lost(1006, reason);
    socket.close();
  }

  #lost(code, reason) {
    const { minWait, maxWait, stableAfter } = this.#options;
    if (this.#openedAt !== null && performance.now() - this.#openedAt >= stableAfter) this.#failures = 0;
    const wait = Math.random() * Math.min(maxWait, minWait * 2 ** this.#failures);
    this.#failures += 1;
    this.#socket = null;
    this.#openedAt = null;
    this.#heartbeatSentAt = null;
    this.#after(wait, () => this.#connect());
    this.#enter("waiting", wait);
    this.onclose({ code, reason });
  }

  #after(milliseconds, action) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, milliseconds);
  }

  #enter(state, wait = 0) {
    this.#state = state;
    this.onstate({ state, wait });
  }
}
