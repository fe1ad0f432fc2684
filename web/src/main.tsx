import { render } from "preact";
import { embeddedData } from "./lib/data.ts";
import { Report } from "./report.tsx";
import "./styles/base.css";

const root = document.querySelector("#app");
if (root !== null) render(<Report data={embeddedData()} />, root);
