import { render } from "preact";
import { embeddedData } from "./lib/data.ts";
import { openForPrint } from "./lib/print.ts";
import { Report } from "./report.tsx";
import "uplot/dist/uPlot.min.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/first-screen.css";
import "./styles/figures.css";
import "./styles/time.css";
import "./styles/findings.css";
import "./styles/transcripts.css";
import "./styles/print.css";

const root = document.querySelector("#app");
if (root !== null) {
  render(<Report data={embeddedData()} />, root);
  openForPrint();
  // The browser looked for the anchor before there was anything to find.
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  target?.scrollIntoView();
}
