import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { create, Header } from "tar";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyDataFile, downloadArchive, downloadDataFile } from "../../src/datasets/fetch";

const content = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i) % 251));
const file = {
  name: "numbers",
  bytes: content.length,
  sha256: createHash("sha256").update(content).digest("hex"),
};
const gzipped = gzipSync(content);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "idrs-"));
});

let server: Server | undefined;
const requests: (string | undefined)[] = [];
afterEach(() => {
  server?.close();
  requests.length = 0;
});

/** A mirror on this machine that serves `body` as numbers.gz or another name, with ranges. */
async function mirror(body: Uint8Array, name: string = "numbers.gz"): Promise<string> {
  server = createServer((request, response) => {
    requests.push(request.headers.range);
    if (request.url !== `/${name}`) return response.writeHead(404).end();
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (from > 0 && from >= body.length) return response.writeHead(416).end();
    response.writeHead(from > 0 ? 206 : 200).end(body.subarray(from));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe("downloading a data file", () => {
  it("stores the verified file, and does nothing the second time", async () => {
    const address = await mirror(gzipped);
    expect(await downloadDataFile(folder, file, [address])).toBe("downloaded");
    expect(await readdir(folder)).toEqual(["numbers.gz"]);
    expect(await readFile(join(folder, "numbers.gz"))).toEqual(gzipped);
    expect(await downloadDataFile(folder, file, [address])).toBe("present");
    expect(requests.length).toBe(1);
  });

  it("continues where an interrupted download ended", async () => {
    const address = await mirror(gzipped);
    await writeFile(join(folder, "numbers.gz.part"), gzipped.subarray(0, 100));
    expect(await downloadDataFile(folder, file, [address])).toBe("downloaded");
    expect(requests).toEqual(["bytes=100-"]);
    expect(await readFile(join(folder, "numbers.gz"))).toEqual(gzipped);
  });

  it("completes a download that was interrupted after its last byte", async () => {
    const address = await mirror(gzipped);
    await writeFile(join(folder, "numbers.gz.part"), gzipped);
    expect(await downloadDataFile(folder, file, [address])).toBe("downloaded");
    expect(await readdir(folder)).toEqual(["numbers.gz"]);
  });

  it("drops a corrupt download, says so, and tries the next mirror", async () => {
    const corrupt = await mirror(gzipSync(content.subarray(1)));
    await expect(downloadDataFile(folder, file, [corrupt])).rejects.toThrow(
      /numbers\.gz could not be downloaded .*has 4999 bytes uncompressed, expected 5000.*--from/,
    );
    expect(await readdir(folder)).toEqual([]);
    server?.close();
    const right = await mirror(gzipped);
    expect(await downloadDataFile(folder, file, [`${right}missing/`, right])).toBe("downloaded");
  });

  it("names the mirror and the reason when there is no network", async () => {
    await expect(downloadDataFile(folder, file, ["http://127.0.0.1:1/"])).rejects.toThrow(
      /http:\/\/127\.0\.0\.1:1\/: .*--from/,
    );
  });

  it("does not overwrite an existing wrong file", async () => {
    await writeFile(join(folder, "numbers"), "something else");
    await expect(downloadDataFile(folder, file, [await mirror(gzipped)])).rejects.toThrow(
      /numbers: has 14 bytes uncompressed, expected 5000; remove the file/,
    );
    expect(await readFile(join(folder, "numbers"), "utf8")).toBe("something else");
  });
});

describe("downloading an archive", () => {
  const second = { ...file, name: "again" };

  /** A gzipped tar archive of the named files in a folder of its own, as published archives are. */
  async function archive(contents: Record<string, Uint8Array>): Promise<Buffer> {
    const source = await mkdtemp(join(tmpdir(), "idrs-"));
    await mkdir(join(source, "inner"));
    for (const [name, body] of Object.entries(contents)) await writeFile(join(source, "inner", name), body);
    await create({ gzip: true, file: join(source, "a.tar.gz"), cwd: source }, ["inner"]);
    return readFile(join(source, "a.tar.gz"));
  }

  it("stores the wanted files, verified, and does nothing the second time", async () => {
    const body = await archive({ numbers: content, again: content, other: content.subarray(7) });
    const address = `${await mirror(body, "a.tar.gz")}a.tar.gz`;
    await writeFile(join(folder, "a.tar.gz.part"), body.subarray(0, 50)); // as an interrupted download leaves it
    expect(await downloadArchive(folder, [file, second], address)).toEqual(["downloaded", "downloaded"]);
    expect(requests).toEqual(["bytes=50-"]);
    expect((await readdir(folder)).sort()).toEqual(["again", "numbers"]);
    expect(await readFile(join(folder, "numbers"))).toEqual(content);
    expect(await downloadArchive(folder, [file, second], address)).toEqual(["present", "present"]);
    expect(requests.length).toBe(1);
  });

  it("refuses an archive that is damaged, lacks a file or has other content, and leaves nothing behind", async () => {
    const cases: [Buffer, RegExp][] = [
      [await archive({ numbers: content }), /again is not in the archive/],
      [await archive({ numbers: content, again: content.subarray(1) }), /again: has 4999 bytes/],
      [
        (await archive({ numbers: content, again: content })).subarray(0, 200),
        /a\.tar\.gz could not be downloaded/,
      ],
    ];
    for (const [body, message] of cases) {
      const address = `${await mirror(body, "a.tar.gz")}a.tar.gz`;
      await expect(downloadArchive(folder, [second], address)).rejects.toThrow(message);
      expect(await readdir(folder)).toEqual([]);
      server?.close();
    }
  });
});

describe("an archive with impossible declarations", () => {
  const block = (content: Uint8Array): Buffer =>
    Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);

  /** The header of a tar entry, and no content after it. */
  function entry(path: string, size: number, type: "File" | "SymbolicLink" = "File"): Buffer {
    const linkpath = type === "SymbolicLink" ? "/etc/passwd" : undefined;
    const header = new Header({ path, size, type, linkpath, mode: 0o644 });
    header.encode();
    return header.block as Buffer;
  }

  const end = Buffer.alloc(1024);
  const cases: [string, Buffer[], RegExp][] = [
    ["6 GiB", [entry("numbers", 6 * 2 ** 30)], /numbers: has 6442450944 bytes in the archive, expected 5000/],
    ["6 GiB of another file", [entry("other", 6 * 2 ** 30)], /it unpacks to more than 1073741824 bytes/],
    ["a link", [entry("numbers", 0, "SymbolicLink"), end], /numbers: is a SymbolicLink in the archive/],
    [
      "a file twice",
      [entry("numbers", 5000), block(content), entry("b/numbers", 5000), block(content), end],
      /numbers: is in the archive twice/,
    ],
    [
      "a file that is cut off",
      [entry("numbers", 5000), block(content.subarray(0, 1000))],
      /could not be downloaded/,
    ],
  ];
  it.each(cases)("%s: is refused at once, and nothing is left", async (_, parts, message) => {
    const address = `${await mirror(gzipSync(Buffer.concat(parts)), "a.tar.gz")}a.tar.gz`;
    const before = process.memoryUsage().rss;
    await expect(downloadArchive(folder, [file], address)).rejects.toThrow(message);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
    expect(await readdir(folder)).toEqual([]);
  });
});

it("an endless download is aborted and not continued later", async () => {
  server = createServer((_, response) => {
    const send = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(1000)));
    };
    response.writeHead(200).on("drain", send);
    send();
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const endless = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await expect(downloadDataFile(folder, file, [endless])).rejects.toThrow(/is longer than \d+ bytes/);
  server.closeAllConnections();
  server.close();
  expect(await downloadDataFile(folder, file, [await mirror(gzipped)])).toBe("downloaded");
  expect(await readdir(folder)).toEqual(["numbers.gz"]);
});

it.skipIf(process.platform === "win32")(
  "a pipe in place of a file or of a download is refused, not waited for",
  async () => {
    execFileSync("mkfifo", [join(folder, "numbers.gz.part")]);
    await expect(downloadDataFile(folder, file, [await mirror(gzipped)])).rejects.toThrow(
      /numbers\.gz\.part must be a file, or not exist/,
    );
    execFileSync("mkfifo", [join(folder, "numbers")]);
    await expect(downloadDataFile(folder, file, [await mirror(gzipped)])).rejects.toThrow(
      /numbers: cannot be read: is a pipe/,
    );
    await expect(copyDataFile(join(folder, "target"), file, [folder])).rejects.toThrow(/is a pipe/);
  },
);

describe("copying a data file from a local folder", () => {
  it("takes plain and gzipped files, and leaves an existing file unchanged", async () => {
    for (const [name, body] of [
      ["numbers", content],
      ["numbers.gz", gzipped],
    ] as const) {
      const [source, target] = [
        await mkdtemp(join(tmpdir(), "idrs-")),
        await mkdtemp(join(tmpdir(), "idrs-")),
      ];
      await writeFile(join(source, name), body);
      expect(await copyDataFile(target, file, [join(source, "nowhere"), source])).toBe("copied");
      expect(await readdir(target)).toEqual([name]);
      expect(await copyDataFile(target, file, [source])).toBe("present");
    }
  });

  it("refuses a tampered file and a folder without the file, naming them", async () => {
    const source = await mkdtemp(join(tmpdir(), "idrs-"));
    await expect(copyDataFile(folder, file, [source])).rejects.toThrow(
      `numbers (or numbers.gz) is not in ${source}`,
    );
    const tampered = Buffer.from(content);
    tampered[17] ^= 1;
    await writeFile(join(source, "numbers"), tampered);
    await expect(copyDataFile(folder, file, [source])).rejects.toThrow(/numbers: SHA-256 .* expected/);
    expect(await readdir(folder)).toEqual([]);
  });
});
