// A figure, a table and citations in a LaTeX document, paper.tex; compile it with pdflatex and bibtex.
import { writeFileSync } from "node:fs";
import { certifiedAccuracyFigure, cite, compareRecords, readRecord, save } from "idrs";

const record = (name) => readRecord(`${import.meta.dirname}/../records/${name}`);
const [constant, nearest] = [await record("cifar10-0.5-mean"), await record("cifar10-0.5-r0.01")];
const figure = certifiedAccuracyFigure({ "constant σ": constant, "σ(x)": nearest }, { band: true });
await save("accuracy.pdf", figure, { width: 3.25, height: 2.2, fontSize: 8 });
await save("differences.tex", compareRecords(constant, nearest), { digits: 2 });
writeFileSync("idrs.bib", cite(constant, nearest));
writeFileSync(
  "paper.tex",
  String.raw`\documentclass{article}
\usepackage{graphicx, booktabs}
\begin{document}
\begin{figure}\centering\includegraphics{accuracy.pdf}\caption{Certified accuracy on CIFAR-10.}\end{figure}
\begin{table}\centering\footnotesize\input{differences.tex}\caption{Paired differences \cite{sukenik2022intriguing}.}\end{table}
\bibliographystyle{plain}\bibliography{idrs}
\end{document}
`,
);
