// A WebSocket for the option `webSocketConstructor` of Convex clients.
import { bytesOf, framesOf, TEXT_BYTES } from "./parts.js";

/** What `transport` may be told. */
export interface TransportOptions {
  /** URL of the WebSocket API's stage, for connecting without the edge; by default the URL that the client asks for. */
  url?: string;
  /** How long the backend may be silent before a keep-alive is sent, in ms. By default 45,000. */
  keepAliveMs?: number;
  /** How long a keep-alive may be unanswered before the socket is given up, in ms. By default 10,000. */
  answerMs?: number;
  /** How long nothing but answers to keep-alives may come, which API Gateway gives by itself, in ms. By default 120,000. */
  aloneMs?: number;
  /** The WebSocket to send through; by default the platform's. Node has one from version 22 on; `ws` is another. */
  WebSocket?: typeof WebSocket;
}

/** The code of a socket that was given up since nobody seemed to be behind it. */
export const CLOSE_UNANSWERED = 4408;

/** The code of a socket that was given up since API Gateway had told that it could not hand a frame on. */
export const CLOSE_LOST = 4500;

/** The most messages of a text but the first, so that the client is soon told of these. */
const MESSAGES = 10;
const CLOSE_TOO_BIG = 1009;
const KEEP_ALIVE = '{"action":"keepAlive"}';
const KEPT_ALIVE = '{"type":"Ping","answer":true}';
/** How API Gateway's own errors begin, which no client understands; each message of the backend begins with its type. */
const GATEWAYS_ERROR = /^\{\s*"message"/;

/** Return a class of WebSockets with these options, for `new ConvexReactClient(url, { webSocketConstructor })`. */
export function transport(options: TransportOptions = {}): typeof WebSocket {
  return class extends PolarisWebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols, options);
    }
  };
}

/**
 * A WebSocket for a Convex client: what it sends in one turn of the event loop goes out as one text, in numbered frames
 * that API Gateway carries. To others it is a WebSocket for texts.
 */
export class PolarisWebSocket extends EventTarget implements WebSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;

  onopen: WebSocket["onopen"] = null;
  onmessage: WebSocket["onmessage"] = null;
  onerror: WebSocket["onerror"] = null;
  onclose: WebSocket["onclose"] = null;
  binaryType: BinaryType = "blob";

  #socket: WebSocket;
  #keepAliveMs: number;
  #answerMs: number;
  #aloneMs: number;
  #spokenAt = 0;
  #waiting: { text: string; bytes: number }[] = [];
  #frames = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(url: string | URL, protocols?: string | string[], options: TransportOptions = {}) {
    super();
    const { keepAliveMs = 45_000, answerMs = 10_000, aloneMs = 120_000, WebSocket = globalThis.WebSocket } = options;
    this.#keepAliveMs = keepAliveMs;
    this.#answerMs = answerMs;
    this.#aloneMs = aloneMs;
    this.#socket = new WebSocket(options.url === undefined ? url : direct(options.url, url), protocols);
    this.#socket.onopen = () => {
      this.#heard();
      this.#emit("open");
    };
    this.#socket.onmessage = ({ data }) => {
      // The client sends again what was lost, and all that came after it, once it is connected again.
      if (GATEWAYS_ERROR.test(data)) return this.#giveUp(CLOSE_LOST, "InternalServerError: a frame was lost");
      this.#heard(data === KEPT_ALIVE);
      this.#emit("message", { data });
    };
    this.#socket.onerror = (event) => this.#emit("error", { message: (event as ErrorEvent).message });
    this.#socket.onclose = ({ code, reason, wasClean }) => this.#close(code, reason, wasClean);
  }

  get url(): string {
    return this.#socket.url;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  get extensions(): string {
    return this.#socket.extensions;
  }

  get readyState(): 0 | 1 | 2 | 3 {
    return this.#ended ? 3 : (this.#socket.readyState as 0 | 1 | 2 | 3);
  }

  get bufferedAmount(): number {
    return this.#waiting.reduce((sum, { bytes }) => sum + bytes, this.#socket.bufferedAmount);
  }

  /** Send a message: JSON text of an object. */
  send(data: string): void {
    if (typeof data !== "string") throw new TypeError("This WebSocket sends text alone");
    if (this.readyState === 0) throw new DOMException("The socket is not open yet", "InvalidStateError");
    if (this.readyState !== 1) return;
    if (this.#waiting.push({ text: data, bytes: bytesOf(data) }) === 1) queueMicrotask(() => this.#flush());
  }

  close(code?: number, reason?: string): void {
    this.#flush();
    clearTimeout(this.#timer);
    this.#socket.close(code, reason);
  }

  /** Send what waits: as few texts as there may be, so that the backend knows what was sent at once. */
  #flush(): void {
    let messages: string[] = [];
    let size = 1;
    const send = () => {
      for (const frame of messages.length ? framesOf(`[${messages}]`, this.#frames) : []) {
        this.#socket.send(frame);
        this.#frames++;
      }
      messages = [];
      size = 1;
    };
    for (const { text, bytes } of this.#waiting.splice(0)) {
      if (this.readyState !== 1) return;
      // What is sent on opening belongs together: who connects again is told what became of it before anything else.
      if (messages.length === MESSAGES && this.#frames > 0) send();
      if (bytes + 2 > TEXT_BYTES) {
        this.#refuse(text, bytes);
        continue;
      }
      if (size + bytes + 1 > TEXT_BYTES) send();
      messages.push(text);
      size += bytes + 1;
    }
    send();
  }

  /** Answer a request that is too large as the backend would; else the client would send it again for ever. */
  #refuse(text: string, bytes: number): void {
    const { type, requestId, udfPath } = JSON.parse(text) as Record<string, unknown>;
    const told = `${bytes} bytes are too many: over the WebSocket a message has at most ${TEXT_BYTES}`;
    if (type !== "Mutation" && type !== "Action") return this.#giveUp(CLOSE_TOO_BIG, told);
    const result = `Arguments of ${udfPath}: ${told}`;
    const data = JSON.stringify({ type: `${type}Response`, requestId, success: false, result, logLines: [] });
    this.#emit("message", { data });
  }

  /** Begin to wait for the next sign of life. */
  #heard(ofGateway = false): void {
    clearTimeout(this.#timer);
    if (this.readyState !== 1) return;
    if (!ofGateway) this.#spokenAt = Date.now();
    const leftMs = this.#spokenAt + this.#aloneMs - Date.now();
    this.#timer = setTimeout(() => {
      if (leftMs <= this.#keepAliveMs) return this.#giveUp(CLOSE_UNANSWERED, "InactiveServer: only the gateway answers");
      this.#socket.send(KEEP_ALIVE);
      this.#timer = setTimeout(
        () => this.#giveUp(CLOSE_UNANSWERED, "InactiveServer: a keep-alive was not answered"),
        this.#answerMs,
      );
    }, Math.min(leftMs, this.#keepAliveMs));
  }

  /** Close without waiting for the other side, which may be gone. */
  #giveUp(code: number, reason: string): void {
    this.#socket.close();
    this.#close(code, reason, false);
  }

  #close(code: number, reason: string, wasClean: boolean): void {
    clearTimeout(this.#timer);
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting = [];
    this.#emit("close", { code, reason, wasClean });
  }

  #emit(type: "open" | "message" | "error" | "close", fields: object = {}): void {
    if (this.#ended && type !== "close") return;
    const event = Object.assign(new Event(type), fields);
    try {
      this[`on${type}`]?.(event as never);
    } finally {
      this.dispatchEvent(event);
    }
  }
}

/** Return the URL of the stage with the version that the client's URL has in its path, as the edge would ask. */
function direct(stage: string, url: string | URL): string {
  const asked = new URL(stage);
  asked.searchParams.set("v", /\/api\/([^/]+)\/sync$/.exec(new URL(url).pathname)?.[1] ?? "0");
  return asked.href;
}
