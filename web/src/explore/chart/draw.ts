import { expressionFunction, parse, View, type Runtime } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";

import { formatNumber } from "../result/format";
import { FORMAT } from "./spec";

expressionFunction(FORMAT, (value: unknown, format: unknown) =>
  typeof value === "number" ? formatNumber(value, typeof format === "string" ? format : undefined) : String(value ?? ""),
);

export type Drawn = { view: View; resize: (width: number, height: number) => void };
export type Tip = { x: number; y: number; lines: [string, string][] } | undefined;

/**
 * Draws a chart on a canvas within `parent`. Expressions are interpreted, not compiled: the page's policy
 * forbids code made of text.
 */
export async function draw(spec: TopLevelSpec, parent: HTMLElement, onTip: (tip: Tip) => void): Promise<Drawn> {
  const { clientWidth: width, clientHeight: height } = parent;
  const sized = { ...spec, width: Math.max(80, width), height: Math.max(80, height) } as TopLevelSpec;
  const runtime = parse(compile(sized).spec, undefined, { ast: true } as never) as Runtime;
  const view = new View(runtime, { expr: expressionInterpreter as never, renderer: "canvas", container: parent, hover: true });
  view.tooltip((_handler, event, _item, value) => {
    if (!value || typeof value !== "object" || !(event instanceof MouseEvent)) return onTip(undefined);
    const box = parent.getBoundingClientRect();
    const lines = Object.entries(value as Record<string, unknown>).map(([key, each]): [string, string] => [key, String(each)]);
    onTip({ x: event.clientX - box.left, y: event.clientY - box.top, lines });
  });
  await view.runAsync();
  const resize = (to: number, high: number) => void view.width(Math.max(80, to)).height(Math.max(80, high)).runAsync();
  return { view, resize };
}

/** A PNG of what is drawn, at twice the size, on the page's own surface. */
export async function pictureOf(view: View, surface: string): Promise<Blob> {
  const drawn = await view.toCanvas(2);
  const canvas = document.createElement("canvas");
  canvas.width = drawn.width;
  canvas.height = drawn.height;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser has no canvas.");
  context.fillStyle = surface;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(drawn, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be made."))), "image/png");
  });
}
