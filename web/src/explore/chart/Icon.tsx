import type { ChartKind } from "./choice";

const PATHS: Record<ChartKind, string> = {
  bar: "M3 17V9h3v8zM8.5 17V4h3v13zM14 17v-6h3v6z",
  line: "M3 14l4-5 4 3 6-8",
  area: "M3 17v-5l5-4 4 2 5-6v13z",
  scatter: "M5 14h.01M8 8h.01M11 12h.01M13 6h.01M16 9h.01M6 11h.01",
  heatmap: "M3 3h6v6H3zM11 11h6v6h-6zM11 3h6v6h-6zM3 11h6v6H3z",
  pie: "M10 3a7 7 0 1 0 7 7h-7z",
  value: "M6 7l3-3v12M6 16h6",
  table: "M3 4h14v12H3zM3 8h14M3 12h14M8 4v12",
};

export function Icon({ kind }: { kind: ChartKind }) {
  const isFilled = kind === "bar" || kind === "area" || kind === "pie";
  return (
    <svg viewBox="0 0 20 20" width={20} height={20} aria-hidden="true">
      <path
        d={PATHS[kind]}
        fill={isFilled ? "currentColor" : "none"}
        stroke="currentColor"
        strokeWidth={kind === "scatter" ? 3 : 1.5}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
