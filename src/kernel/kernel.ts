/**
 * A tslab kernel and the Jupyter protocol to speak with it: signed JSON messages over ZeroMQ sockets
 * (https://jupyter-client.readthedocs.io/en/stable/messaging.html). No Python and no Jupyter are involved.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A message of the kernel about a running cell: what it printed or displayed. */
export interface KernelMessage {
  type: string;
  content: Record<string, unknown>;
}

/** The kernel's answer to a cell. */
export interface CellReply {
  status: "ok" | "error";
  executionCount: number | null;
}

/** A running kernel. */
export interface Kernel {
  /**
   * Runs the source of one cell. `onMessage` receives what the cell prints and displays, also what it still sends
   * after it has ended (from a timer, say).
   *
   * @throws Error when the kernel dies
   */
  execute(source: string, onMessage: (message: KernelMessage) => void): Promise<CellReply>;
  /** Sends another request of the protocol, such as "complete_request", and gives the content of its reply. */
  request(type: string, content: object): Promise<Record<string, unknown>>;
  /** Ends the cell that runs, as Jupyter's interrupt does; the kernel goes on. */
  interrupt(): void;
  /** Ends the kernel. */
  close(): Promise<void>;
}

/** How long a kernel may take until it answers for the first time. */
const START_LIMIT_MS = 60_000;

/**
 * Starts a tslab kernel with a working folder, as Jupyter does with the folder of the notebook. A start that fails is
 * tried once more: another program may have taken one of the ports in between.
 *
 * @param cwd folder that relative imports and files of the cells refer to
 * @param signal ends the kernel at once when it is aborted
 * @throws Error when no kernel can be started
 */
export async function startKernel(cwd: string, signal?: AbortSignal): Promise<Kernel> {
  try {
    return await startOnce(cwd, signal);
  } catch (error) {
    if (signal?.aborted) throw error;
    return await startOnce(cwd, signal);
  }
}

async function startOnce(cwd: string, signal: AbortSignal | undefined): Promise<Kernel> {
  signal?.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), "idrs-kernel-"));
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await freePorts(5);
  const key = randomUUID();
  const connection = { transport: "tcp", ip: "127.0.0.1", signature_scheme: "hmac-sha256", key };
  const ports = { shell_port, iopub_port, stdin_port, control_port, hb_port };
  const file = join(folder, "connection.json");
  await writeFile(file, JSON.stringify({ ...connection, ...ports, kernel_name: "tslab" }), { mode: 0o600 });

  const process = spawnKernel(file, cwd);
  const death = deathOf(process);
  const kill = (): void => void process.kill("SIGKILL");
  signal?.addEventListener("abort", kill, { once: true });
  const limit = AbortSignal.timeout(START_LIMIT_MS);
  try {
    const failure = Promise.race([death, startFailure(process)]);
    const channel = await openChannel(shell_port, iopub_port, key, death);
    try {
      await Promise.race([failure, channel.handshake(limit)]);
    } catch (error) {
      channel.close();
      throw error;
    }
    return {
      async execute(source, onMessage) {
        const content = {
          code: source,
          silent: false,
          store_history: true,
          allow_stdin: false,
          stop_on_error: true,
        };
        const reply = await channel.request("execute_request", content, onMessage);
        // A rejected promise that nobody awaits is reported just after the cell has ended; the answer to another
        // request comes behind that report.
        await channel.request("kernel_info_request", {}, () => {});
        return {
          status: reply.status === "ok" ? "ok" : "error",
          executionCount: typeof reply.execution_count === "number" ? reply.execution_count : null,
        };
      },
      request: (type, content) => channel.request(type, content, () => {}),
      interrupt: () => void process.kill("SIGINT"),
      async close() {
        signal?.removeEventListener("abort", kill);
        channel.close();
        kill();
        await death.catch(() => {});
      },
    };
  } catch (error) {
    signal?.removeEventListener("abort", kill);
    kill();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The program that starts tslab, the same as in Jupyter. */
const LAUNCHER = join(__dirname, "../../notebooks/.jupyter/kernels/tslab/launch.js");

function spawnKernel(connectionFile: string, cwd: string): ChildProcess {
  // By the number of this process the kernel knows when there is nobody left to speak to, and ends.
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    NO_COLOR: "1",
    JPY_PARENT_PID: String(process.pid),
  };
  delete environment.FORCE_COLOR;
  return spawn(process.execPath, [LAUNCHER, connectionFile], {
    cwd,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** A promise that is rejected when the kernel's process ends, with the reason and the end of what it wrote. */
function deathOf(process: ChildProcess): Promise<never> {
  let written = "";
  for (const stream of [process.stdout, process.stderr]) {
    stream?.on("data", (data: Buffer) => (written = (written + data.toString()).slice(-2000)));
  }
  const death = new Promise<never>((_, reject) => {
    process.once("error", (error) => reject(new Error(`the kernel cannot be started: ${error.message}`)));
    process.once("close", (code, signal) => {
      const how = code === null ? `signal ${signal}` : `exit code ${code}`;
      reject(new Error([`the kernel died (${how})`, written.trim()].filter(Boolean).join("\n")));
    });
  });
  death.catch(() => {});
  return death;
}

/** A promise that is rejected when the kernel reports that it could not open its ports; it then lives on, deaf. */
function startFailure(process: ChildProcess): Promise<never> {
  return new Promise<never>((_, reject) => {
    process.stderr?.on("data", (data: Buffer) => {
      if (/UnhandledPromiseRejection|UncaughtException/.test(data.toString())) {
        reject(new Error(`the kernel cannot be started: ${data.toString().trim()}`));
      }
    });
  });
}

/** Ports of this computer that are free now. */
async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const server = createServer();
      servers.push(server);
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
      });
    }
    return servers.map((server) => (server.address() as AddressInfo).port);
  } finally {
    for (const server of servers) server.close();
  }
}

interface Channel {
  /** Makes sure that requests are answered and that nothing which cells print is missed. */
  handshake(limit: AbortSignal): Promise<void>;
  /** Sends a request and waits for its reply and for the message that the kernel is idle again. */
  request(
    type: string,
    content: object,
    onMessage: (message: KernelMessage) => void,
  ): Promise<Record<string, unknown>>;
  close(): void;
}

/** What is known of a request. */
interface Request {
  onMessage: (message: KernelMessage) => void;
  reply?: Record<string, unknown>;
  idle: boolean;
  settle: () => void;
}

/** Connects to the kernel's two channels of interest: shell for requests and replies, iopub for what cells print. */
async function openChannel(
  shellPort: number,
  iopubPort: number,
  key: string,
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
    async handshake(limit) {
      // A subscription takes effect some time after the connection, so early "idle" messages may be lost: ask again.
      while (!limit.aborted) {
        const answered = request("kernel_info_request", {}, () => {}).then(() => true);
        if (await Promise.race([answered, sleep(500, false)])) return;
      }
      throw new Error(`the kernel did not answer within ${START_LIMIT_MS / 1000} s`);
    },
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

/** A message, or nothing when it is not signed with our key and so does not come from our kernel. */
function decode(frames: Buffer[], key: string): (KernelMessage & { parent: string }) | undefined {
  const start = frames.findIndex((frame) => frame.toString() === DELIMITER);
  const [signed, ...parts] = frames.slice(start + 1).map((frame) => frame.toString());
  if (start < 0 || signed !== signature(parts, key))
    throw new Error("a message of the kernel has a wrong signature");
  const [header, parent, , content] = parts.map((part) => JSON.parse(part) as Record<string, unknown>);
  return { type: String(header.msg_type), parent: String(parent.msg_id), content };
}

function signature(parts: string[], key: string): string {
  const hash = createHmac("sha256", key);
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
