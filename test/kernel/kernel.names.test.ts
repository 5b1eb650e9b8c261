import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startKernel, type Kernel } from "../../src/kernel/kernel";

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel(tmpdir());
  await run(`
    import { join as joined, sep } from "node:path";
    import * as os from "node:os";
    const name = "blue", rate = 0.01, point = { x: 1, y: { deep: 2 } };
    let counter = 5, list = [1, 2, 3];
    interface Shape { name: string; rate?: number }
    const shape: Shape = { name: "square" };
    function twice(v: number) { return 2 * v; }
    class Box { name = "box"; }
    enum Side { left = "l" }`);
});
afterAll(() => kernel.close());

async function run(source: string): Promise<string> {
  let text = "";
  const { status } = await kernel.execute(source, ({ content }) => (text += String(content.text)));
  if (status === "error") await sleep(250); // For 200 ms after an error tslab refuses cells.
  return text.trimEnd();
}

/** What a cell gives that uses names of the cell before. */
it.each([
  ["{ name, rate }", `{"name":"blue","rate":0.01}`],
  ["{ name, rate: 2, list }", `{"name":"blue","rate":2,"list":[1,2,3]}`],
  ["{ a: { b: [{ name }], ...{ rate } } }", `{"a":{"b":[{"name":"blue"}],"rate":0.01}}`],
  ["((o: object) => o)({ counter })", `{"counter":5}`],
  ["(() => ({ counter, f: twice(counter) }))()", `{"counter":5,"f":10}`],
  ["(async () => ({ name }))().constructor.name", `"Promise"`],
  ["await Promise.all([(async () => ({ name }))()])", `[{"name":"blue"}]`],
  ["{ [name]: 1, ['x' + rate]: 2, name: 3 }", `{"blue":1,"x0.01":2,"name":3}`],
  [
    "{ ...point, name, get rate() { return 1; }, list() { return 2; } }",
    `{"x":1,"y":{"deep":2},"name":"blue","rate":1}`,
  ],
  // Imported names, functions, classes and enums.
  ["typeof { joined }.joined", `"function"`],
  ["{ sep }", `{"sep":"/"}`],
  ["Object.keys({ os, twice, Box, Side })", `["os","twice","Box","Side"]`],
  ["new ({ Box }).Box()", `{"name":"box"}`],
  // Shadowed by parameters, variables and what a destructuring takes out.
  ["((name: string) => ({ name }))('own')", `{"name":"own"}`],
  [
    "(function (rate = 3) { const name = 'inner'; return { name, rate, counter }; })()",
    `{"name":"inner","rate":3,"counter":5}`,
  ],
  ["list.map((rate, name) => ({ name, rate }))[1]", `{"name":1,"rate":2}`],
  ["(({ name }) => ({ name }))({ name: 7 })", `{"name":7}`],
  ["(() => { for (const counter of [9]) return { counter }; })()", `{"counter":9}`],
  ["(() => { try { throw 1; } catch (name) { return { name }; } })()", `{"name":1}`],
  // Names of properties that types of the cell before declare stay names.
  [
    "(() => { const { name: other, rate = 9 } = shape; return { other, rate }; })()",
    `{"other":"square","rate":9}`,
  ],
  ["(() => { const { y: { deep } } = point; return { deep }; })()", `{"deep":2}`],
  ["(() => { const { y: { deep: name } } = point; return { name }; })()", `{"name":2}`],
  ["(({ name: n }: Shape) => n)({ name: 'z' })", `"z"`],
  ["{ name: 'q', rate: 1 } satisfies Shape", `{"name":"q","rate":1}`],
  ["(() => { let n; ({ name: n } = shape); return n; })()", `"square"`],
  ["(() => { name: for (;;) { break name; } return 1; })()", "1"],
  ["new (class { name = name; rate() {} })()", `{"name":"blue"}`],
  ["new (class implements Shape { name = 'c'; })()", `{"name":"c"}`],
])("%s", async (expression, json) => {
  expect(await run(`console.log(JSON.stringify(${expression}))`)).toBe(json);
});

/** A cell that assigns to variables of the cell before. */
it.each([
  [`({ x: counter } = { x: 6 });`, "counter", "6"],
  [`({ counter } = { counter: 7 });`, "counter", "7"],
  [`({ counter = 8 } = {} as { counter?: number });`, "counter", "8"],
  [`[counter, { list }] = [9, { list: [4] }] as [number, { list: number[] }];`, "[counter, list]", "[9,[4]]"],
  [`for ({ counter } of [{ counter: 1 }, { counter: 2 }]);`, "counter", "2"],
  [
    `({ a: { counter }, ...rest } = { a: { counter: 3 }, b: 1 }); var rest: object;`,
    "{ counter, rest }",
    `{"counter":3,"rest":{"b":1}}`,
  ],
  [`const name = "red"; const own = { name };`, "{ own, name }", `{"own":{"name":"red"},"name":"red"}`],
])("%s", async (statement, expression, json) => {
  await run(`${statement}; void 0`);
  expect(await run(`console.log(JSON.stringify(${expression}))`)).toBe(json);
});

it("a shorthand property of an undefined name is a type error", async () => {
  expect(await run(`const o = { nowhere };`)).toMatch(
    /No value exists in scope for the shorthand property 'nowhere'/,
  );
});
