/**
 * The Jupyter protocol: signed JSON messages over ZeroMQ sockets
 * (https://jupyter-client.readthedocs.io/en/stable/messaging.html).
 */
import { createHmac, randomUUID } from "node:crypto";

/** A message from the kernel about a running cell: text that it printed, or content that it displayed. */
export interface KernelMessage {
  type: string;
  content: Record<string, unknown>;
}

/** The ports of a kernel on this computer, and the key that signs messages. */
export interface Connection {
  readonly shellPort: number;
  readonly iopubPort: number;
  readonly key: string;
}

/** A connection to a kernel. */
export interface Channel {
  /** Sends a request, then waits for the reply and for the message that says that the kernel is idle again. */
  request(
    type: string,
    content: object,
    onMessage: (message: KernelMessage) => void,
  ): Promise<Record<string, unknown>>;
  close(): void;
}

/** The state of a request. */
interface Request {
  onMessage: (message: KernelMessage) => void;
  reply?: Record<string, unknown>;
  idle: boolean;
  settle: () => void;
}

/**
 * Connects to two channels of the kernel: shell for requests and replies, and iopub for the output of cells.
 *
 * @param death - rejected when the kernel dies; pending requests are then also rejected
 */
export async function openChannel(
  { shellPort, iopubPort, key }: Connection,
  death: Promise<never>,
): Promise<Channel> {
  const { Dealer, Subscriber } = await import("zeromq");
  const shell = new Dealer({ linger: 0 });
  const iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  iopub.subscribe();
  shell.connect(`tcp://127.0.0.1:${shellPort}`);
  iopub.connect(`tcp://127.0.0.1:${iopubPort}`);

  const session = randomUUID();
  const requests = new Map<string, Request>();

  async function listen(socket: AsyncIterable<Buffer[]>): Promise<void> {
    for await (const frames of socket) {
      const message = decode(frames, key);
      const request = message && requests.get(message.parent);
      if (!request) continue;
      if (message.type.endsWith("_reply")) request.reply = message.content;
      else if (message.type === "status") request.idle ||= message.content.execution_state === "idle";
      else request.onMessage(message);
      if (request.reply && request.idle) request.settle();
    }
  }
  void listen(shell as AsyncIterable<Buffer[]>);
  void listen(iopub as AsyncIterable<Buffer[]>);

  async function request(
    type: string,
    content: object,
    onMessage: (message: KernelMessage) => void,
  ): Promise<Record<string, unknown>> {
    const id = randomUUID();
    const state: Request = { onMessage, idle: false, settle: () => {} };
    requests.set(id, state);
    const answered = new Promise<void>((resolve) => (state.settle = resolve));
    await shell.send(encode(id, session, type, content, key));
    await Promise.race([answered, death]);
    return state.reply as Record<string, unknown>;
  }

  return {
    request,
    close() {
      shell.close();
      iopub.close();
    },
  };
}

const DELIMITER = "<IDS|MSG>";

function encode(
  id: string,
  session: string,
  type: string,
  content: object,
  key: string,
): (string | Buffer)[] {
  const header = {
    msg_id: id,
    session,
    username: "idrs",
    date: new Date().toISOString(),
    msg_type: type,
    version: "5.3",
  };
  const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
  return [DELIMITER, signature(parts, key), ...parts];
}

/**
 * Decodes a message. Returns undefined if the message is not signed with our key, because it is then not from
 * our kernel.
 */
function decode(frames: Buffer[], key: string): (KernelMessage & { parent: string }) | undefined {
  const start = frames.findIndex((frame) => frame.toString() === DELIMITER);
  const [signed, ...parts] = frames.slice(start + 1).map((frame) => frame.toString());
  if (start < 0 || signed !== signature(parts, key)) return undefined;
  const [header, parent, , content] = parts.map((part) => JSON.parse(part) as Record<string, unknown>);
  return { type: String(header.msg_type), parent: String(parent.msg_id), content };
}

function signature(parts: string[], key: string): string {
  const hash = createHmac("sha256", key);
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
