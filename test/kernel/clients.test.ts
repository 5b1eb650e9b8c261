/** A kernel whose clients come and go, as those of JupyterLab do when a page is opened or loaded again. */
import { spawn, type ChildProcess } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Dealer, Subscriber } from "zeromq";

const LAUNCHER = join(__dirname, "../../notebooks/.jupyter/kernels/tslab/launch.js");
const KEY = "of this test";

let folder: string;
let kernel: ChildProcess;
let shellPort: number;
let iopubPort: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "idrs-"));
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await freePorts(5);
  [shellPort, iopubPort] = [shell_port, iopub_port];
  const ports = { shell_port, iopub_port, stdin_port, control_port, hb_port };
  const file = join(folder, "connection.json");
  await writeFile(file, JSON.stringify({ transport: "tcp", ip: "127.0.0.1", key: KEY, ...ports }));
  kernel = spawn(process.execPath, [LAUNCHER, file], {
    stdio: "ignore",
    env: { ...process.env, JPY_PARENT_PID: String(process.pid) },
  });
});

afterAll(async () => {
  kernel.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => new Promise((listens) => server.once("listening", listens))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return ports;
}

/** A client of the kernel that collects what cells print. */
function connect(): { send(type: string, content?: object): Promise<void>; text(): string; close(): void } {
  const shell = new Dealer({ linger: 0 });
  const iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  iopub.subscribe();
  iopub.connect(`tcp://127.0.0.1:${iopubPort}`);
  shell.connect(`tcp://127.0.0.1:${shellPort}`);
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

it("lives while clients come and go, and the first of them misses no line of the cell that runs", async () => {
  const lines = Array.from({ length: 400 }, (_, i) => `${i}\n`).join("");
  const first = connect();
  while (first.text() === "") {
    await first.send("kernel_info_request");
    await sleep(200);
  }
  const code =
    "for (let i = 0; i < 400; i++) { console.log(i); await new Promise((r) => setTimeout(r, 5)); }";
  await first.send("execute_request", { code });
  for (let i = 0; i < 40; i++) {
    const others = Array.from({ length: 3 }, connect);
    await Promise.all(others.map(({ send }) => send("kernel_info_request")));
    await sleep(50);
    for (const { close } of others) close();
  }
  for (let i = 0; i < 200 && !first.text().includes("399\n") && kernel.signalCode === null; i++)
    await sleep(50);
  first.close();
  expect([kernel.exitCode, kernel.signalCode]).toEqual([null, null]);
  expect(first.text().trimStart()).toBe(lines);
});
