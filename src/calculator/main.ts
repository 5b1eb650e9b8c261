/** The program of the calculator in the page. It is bundled for browsers and does not need Node.js. */
import { shownDown } from "../numerics/rounded-down";
import { calculate, type Calculation, type CalculatorInput, FIELDS } from "./calculate";
import { plotOf } from "./plot";

const form = document.getElementById("calculator") as HTMLFormElement;

function inputOfForm(): CalculatorInput {
  const fields = new FormData(form);
  const texts = Object.fromEntries(FIELDS.map((name) => [name, String(fields.get(name))]));
  return { ...texts, from: fields.get("from") } as CalculatorInput;
}

/**
 * Shows a rounded number, with all its digits when the user points at it. Shows a dash if the value is undefined.
 */
function put(name: string, value: number | undefined, text: (value: number) => string = shownDown): void {
  const output = form.querySelector(`output[name="${name}"]`) as HTMLOutputElement;
  output.textContent = value === undefined ? "–" : text(value);
  output.title = value === undefined ? "" : String(value);
}

function show(result: Calculation | undefined, wrong: string): void {
  put("radius", result?.radius);
  put("increasing", result?.increasing);
  put("decreasing", result?.decreasing);
  put("cohen", result?.cohen);
  put("loss", result?.loss, (loss) => `${(100 * loss).toFixed(2)} %`);
  put("bound", result?.pA);
  form.querySelector(".wrong")!.textContent = wrong;
  form.querySelector("svg")!.innerHTML = result ? plotOf(result) : "";
}

function update(): void {
  const input = inputOfForm();
  form.dataset.from = input.from;
  try {
    const result = calculate(input);
    const abstains = "p_A is at most ½: the smoothed classifier abstains, and nothing is certified";
    show(result, result.cohen === 0 ? abstains : "");
  } catch (error) {
    show(undefined, (error as Error).message);
  }
}

form.addEventListener("input", update);
form.addEventListener("submit", (event) => event.preventDefault());
update();
