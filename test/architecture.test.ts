import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const project = join(__dirname, "..");

describe("the rooms of src/", () => {
  it("are the same in folders, lint rule and docs/architecture.md", async () => {
    const lint = join(project, "eslint.config.mjs");
    const { ROOMS } = (await import(lint)) as { ROOMS: Record<string, string[]> };
    const [table] = /\| room [^]*?\n\n/.exec(readFileSync(join(project, "docs/architecture.md"), "utf8"))!;
    const rows = table
      .split("\n")
      .filter((line) => /^\| `[a-z]+` +\|/.test(line))
      .map((line) => line.split("|").map((cell) => cell.trim()));
    const names = (cell: string): string[] => Array.from(cell.matchAll(/`([a-z]+)`/g), ([, name]) => name);
    const documented = Object.fromEntries(
      rows.map(([, room, , uses]) => [names(room)[0], uses === "–" ? [] : names(uses)]),
    );
    const { cli, ...rooms } = documented;
    expect(cli).toEqual([]); // "everything"
    expect(rooms).toEqual(ROOMS);
    const folders = readdirSync(join(project, "src"), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(folders.map(({ name }) => name).sort()).toEqual([...Object.keys(ROOMS), "cli", "types"].sort());
  });

  it("are in an order in which each uses only rooms above it", async () => {
    const { ROOMS } = (await import(join(project, "eslint.config.mjs"))) as {
      ROOMS: Record<string, string[]>;
    };
    const order = Object.keys(ROOMS);
    for (const [room, uses] of Object.entries(ROOMS)) {
      for (const used of uses)
        expect(order.indexOf(used), `${room} uses ${used}`).toBeLessThan(order.indexOf(room));
    }
  });
});
