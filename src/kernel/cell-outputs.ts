/** Converts the messages of a kernel to the outputs of a notebook. */
import type { KernelMessage } from "./channel";
import { textOf, type CellOutput } from "./notebook-file";

type DisplayOutput = Extract<CellOutput, { output_type: "display_data" | "execute_result" }>;

/** An error as the notebook format describes it. */
export interface CellError {
  ename: string;
  evalue: string;
  traceback: string[];
}

/**
 * Returns the outputs of cells, given the messages that each cell sent, in order. Consecutive text on the same
 * stream becomes one output. An update replaces all displays that have the same id, in every cell.
 */
export function outputsOf(messagesByCell: KernelMessage[][]): CellOutput[][] {
  const displays = new Map<string, DisplayOutput[]>();
  return messagesByCell.map((messages) => {
    const outputs: CellOutput[] = [];
    for (const { type, content } of messages) {
      if (type === "stream") {
        const name = content.name === "stderr" ? "stderr" : "stdout";
        const last = outputs.at(-1);
        const text = String(content.text);
        if (last?.output_type === "stream" && last.name === name) last.text = textOf(last.text) + text;
        else outputs.push({ output_type: "stream", name, text });
      } else if (type === "display_data" || type === "update_display_data") {
        const { data, metadata, transient } = content as unknown as DisplayContent;
        const id = transient?.display_id;
        if (type === "update_display_data") {
          for (const display of displays.get(id ?? "") ?? []) Object.assign(display, { data, metadata });
        } else {
          const output: DisplayOutput = { output_type: type, data, metadata };
          outputs.push(output);
          if (id !== undefined) displays.set(id, [...(displays.get(id) ?? []), output]);
        }
      } else if (type === "error") {
        outputs.push({ output_type: "error", ...(content as unknown as CellError) });
      }
    }
    return outputs;
  });
}

interface DisplayContent {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  transient?: { display_id?: string };
}

const DIAGNOSTIC = /^\S*\s?\d+:\d+ - /;
/** Before the error, Node.js prints the line that threw it, with the line's number in the compiled code. */
const SOURCE_LINE = /^evalmachine\.<anonymous>:\d+\n.*\n\s*\^+\s*\n\n/;
const UNHANDLED = /^(UnhandledPromiseRejection|UncaughtException): /;

/**
 * Finds the error among the messages of a cell. Because tslab only prints errors, this function replaces the
 * printed text with a proper error message, in place.
 *
 * @param messages - the messages of the cell; changed if there is an error
 * @param failed - whether the kernel replied that the cell failed
 * @returns the error; undefined if the cell succeeded and every rejection was handled
 */
export function takeError(messages: KernelMessage[], failed: boolean): CellError | undefined {
  const isUnhandled = (message: KernelMessage): boolean => UNHANDLED.test(stderrText(message));
  if (!failed && !messages.some(isUnhandled)) return undefined;

  const printed = messages.filter((message) => stderrText(message) !== "");
  const last = printed.filter((message) => !isUnhandled(message)).at(-1);
  let guilty: KernelMessage[];
  if (!failed) guilty = printed.filter(isUnhandled).slice(0, 1);
  else if (last && DIAGNOSTIC.test(stderrText(last)))
    guilty = printed.filter((m) => DIAGNOSTIC.test(stderrText(m)));
  else guilty = last ? [last] : [];

  const error = parseError(guilty.map(stderrText).join("").trimEnd());
  const place = guilty.length > 0 ? messages.indexOf(guilty[0]) : messages.length;
  const others = messages.filter((message) => !guilty.includes(message));
  others.splice(place, 0, { type: "error", content: { ...error } });
  messages.splice(0, messages.length, ...others);
  return error;
}

function stderrText({ type, content }: KernelMessage): string {
  return type === "stream" && content.name === "stderr" ? String(content.text) : "";
}

/**
 * Reads the name, message and stack of an error from the text that tslab prints, and leaves out the frames of
 * tslab and Node.js.
 */
function parseError(printed: string): CellError {
  const text = printed.replace(SOURCE_LINE, "");
  const traceback = text
    .split("\n")
    .filter((line) => !/^\s+at .*(node_modules[\\/]tslab[\\/]|\(?node:)/.test(line));
  const message = text.split(/\n\s+at /)[0].trim();
  if (DIAGNOSTIC.test(text)) return { ename: "CompileError", evalue: message, traceback };
  const unhandled = UNHANDLED.exec(message);
  if (unhandled) return { ename: unhandled[1], evalue: message.slice(unhandled[0].length), traceback };
  const named = /^([A-Za-z_$][\w$]*)(?: \[\w+\])?: ([^]*)$/.exec(message);
  if (named) return { ename: named[1], evalue: named[2], traceback };
  return { ename: "Error", evalue: message || "the cell failed", traceback };
}
