/**
 * A tslab kernel: its process, its start and end, and the execution of cells. Neither Python nor Jupyter is
 * involved.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Channel, type Connection, type KernelMessage, openChannel } from "./channel";

/** The kernel's reply to a cell. */
export interface CellReply {
  status: "ok" | "error";
  executionCount: number | null;
}

/** A running kernel. */
export interface Kernel {
  /**
   * Runs the source of one cell. The function `onMessage` receives everything that the cell prints and
   * displays, even messages sent after the cell has ended (for example by a timer).
   *
   * @throws Error if the kernel dies
   */
  execute(source: string, onMessage: (message: KernelMessage) => void): Promise<CellReply>;
  /**
   * Sends another request of the protocol, for example "complete_request", and returns the content of the
   * reply.
   */
  request(type: string, content: object): Promise<Record<string, unknown>>;
  /** Ends the running cell, like Jupyter's interrupt, but keeps the kernel running. */
  interrupt(): void;
  /** Ends the kernel. */
  close(): Promise<void>;
}

/** The time in milliseconds within which a new kernel must respond. */
const START_LIMIT_MS = 60_000;

/**
 * Starts a tslab kernel in a working folder. (Jupyter starts it in the folder of the notebook.) If the start
 * fails, it is tried once more, because another program may have taken one of the ports in the meantime.
 *
 * @param cwd - the folder to which relative imports and files in cells refer
 * @param signal - ends the kernel at once when aborted
 * @throws Error if no kernel can be started
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
  const file = join(folder, "connection.json");
  const connection = await writeConnection(file);

  const process = spawnKernel(file, cwd);
  const death = deathOf(process);
  const kill = (): void => void process.kill("SIGKILL");
  signal?.addEventListener("abort", kill, { once: true });
  const limit = AbortSignal.timeout(START_LIMIT_MS);
  try {
    const failure = Promise.race([death, startFailure(process)]);
    failure.catch(() => {}); // if the channel cannot be opened, nobody waits for the failure
    const channel = await openChannel(connection, death);
    try {
      await Promise.race([failure, handshake(channel, limit)]);
    } catch (error) {
      channel.close();
      throw error;
    }
    return {
      execute: (source, onMessage) => execute(channel, source, onMessage),
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

/** Writes the connection file of a kernel, with free ports on this computer. */
async function writeConnection(file: string): Promise<Connection> {
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await freePorts(5);
  const key = randomUUID();
  const connection = { transport: "tcp", ip: "127.0.0.1", signature_scheme: "hmac-sha256", key };
  const ports = { shell_port, iopub_port, stdin_port, control_port, hb_port };
  await writeFile(file, JSON.stringify({ ...connection, ...ports, kernel_name: "tslab" }), { mode: 0o600 });
  return { shellPort: shell_port, iopubPort: iopub_port, key };
}

/** Waits until the kernel responds to requests and no output of a cell can be missed. */
async function handshake(channel: Channel, limit: AbortSignal): Promise<void> {
  // A subscription takes effect some time after the connection, so early "idle" messages may be lost.
  // Therefore the request is repeated.
  while (!limit.aborted) {
    const answered = channel.request("kernel_info_request", {}, () => {}).then(() => true);
    if (await Promise.race([answered, sleep(500, false)])) return;
  }
  throw new Error(`the kernel did not respond within ${START_LIMIT_MS / 1000} s`);
}

async function execute(
  channel: Channel,
  source: string,
  onMessage: (message: KernelMessage) => void,
): Promise<CellReply> {
  const content = {
    code: source,
    silent: false,
    store_history: true,
    allow_stdin: false,
    stop_on_error: true,
  };
  const reply = await channel.request("execute_request", content, onMessage);
  // The kernel reports an unhandled promise rejection just after the cell has ended, before it replies to the
  // next request.
  await channel.request("kernel_info_request", {}, () => {});
  return {
    status: reply.status === "ok" ? "ok" : "error",
    executionCount: typeof reply.execution_count === "number" ? reply.execution_count : null,
  };
}

/** The program that starts tslab. Jupyter uses the same program. */
const LAUNCHER = join(__dirname, "../../notebooks/.jupyter/kernels/tslab/launch.js");

function spawnKernel(connectionFile: string, cwd: string): ChildProcess {
  // The kernel watches this process by its process number, and ends when this process is gone.
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

/**
 * Returns a promise that is rejected when the kernel's process ends. The error contains the reason and the last
 * part of the output.
 */
function deathOf(process: ChildProcess): Promise<never> {
  let written = "";
  for (const stream of [process.stdout, process.stderr]) {
    stream?.on("data", (data: Buffer) => (written = (written + data.toString()).slice(-2000)));
  }
  const death = new Promise<never>((_, reject) => {
    process.once("error", (error) => reject(new Error(`the kernel cannot be started: ${error.message}`)));
    process.once("exit", (code, signal) => {
      const end = (): void => {
        clearTimeout(late);
        for (const stream of [process.stdout, process.stderr]) stream?.destroy();
        const how = code === null ? `signal ${signal}` : `exit code ${code}`;
        reject(new Error([`the kernel died (${how})`, written.trim()].filter(Boolean).join("\n")));
      };
      const late = setTimeout(end, 1000); // a process that a cell started may keep the pipes open
      process.once("close", end);
    });
  });
  death.catch(() => {});
  return death;
}

/**
 * Returns a promise that is rejected when the kernel reports that it could not open its ports. In this case the
 * process keeps running, but cannot be reached.
 */
function startFailure(process: ChildProcess): Promise<never> {
  return new Promise<never>((_, reject) => {
    process.stderr?.on("data", (data: Buffer) => {
      if (/UnhandledPromiseRejection|UncaughtException/.test(data.toString())) {
        reject(new Error(`the kernel cannot be started: ${data.toString().trim()}`));
      }
    });
  });
}

/** Finds free ports on this computer. */
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
