/** A kernel as Jupyter starts it, and clients as Jupyter's: nothing of them is shared with the package. */
import { spawn, type ChildProcess } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Dealer, Subscriber } from "zeromq";

const KEY = "of this test";

export interface Client {
  send(type: string, content?: object): Promise<void>;
  /** What cells have printed. */
  text(): string;
  close(): void;
}

export interface StartedKernel {
  readonly process: ChildProcess;
  /** A client that may miss what is sent before its subscription is in effect. */
  connect(): Client;
  /** A client that misses nothing, once the kernel answers. */
  ready(): Promise<Client>;
}

/** Starts a kernel in a folder by the command of its kernel.json. */
export async function startAsJupyterDoes(argv: readonly string[], folder: string): Promise<StartedKernel> {
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await freePorts(5);
  const ports = { shell_port, iopub_port, stdin_port, control_port, hb_port };
  const file = join(folder, "connection.json");
  await writeFile(file, JSON.stringify({ transport: "tcp", ip: "127.0.0.1", key: KEY, ...ports }));
  const [program, ...args] = argv.map((part) => part.replace("{connection_file}", file));
  const kernel = spawn(program, args, {
    cwd: folder,
    stdio: "ignore",
    env: { ...process.env, JPY_PARENT_PID: String(process.pid) },
  });

  function connect(): Client {
    const shell = new Dealer({ linger: 0 });
    const iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
    iopub.subscribe();
    iopub.connect(`tcp://127.0.0.1:${iopub_port}`);
    shell.connect(`tcp://127.0.0.1:${shell_port}`);
    let printed = "";
    void (async () => {
      for await (const frames of iopub) {
        const [header, , , content] = frames.slice(-4).map((frame) => JSON.parse(frame.toString()));
        // Whatever comes first shows that the subscription is in effect.
        if (header.msg_type === "stream") printed += content.text;
        else printed ||= "\n";
      }
    })();
    return {
      async send(type, content = {}) {
        const header = { msg_id: randomUUID(), session: "a", username: "a", msg_type: type, version: "5.3" };
        const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
        const hash = createHmac("sha256", KEY);
        for (const part of parts) hash.update(part);
        await shell.send(["<IDS|MSG>", hash.digest("hex"), ...parts]);
      },
      text: () => printed,
      close() {
        shell.close();
        iopub.close();
      },
    };
  }

  return {
    process: kernel,
    connect,
    async ready() {
      const client = connect();
      while (client.text() === "" && kernel.exitCode === null) {
        await client.send("kernel_info_request");
        await sleep(200);
      }
      return client;
    },
  };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => new Promise((listens) => server.once("listening", listens))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return ports;
}
