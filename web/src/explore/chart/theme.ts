/** Colours of series: told apart by people who do not see red and green alike (after Okabe and Ito), both themes. */
const LIGHT = ["#17646d", "#d5812c", "#5a6fb8", "#a43d5d", "#3f8f5f", "#8a6d1b", "#7a4fa0", "#4f8fbf", "#b0563a", "#5f6b68"];
const DARK = ["#6cc6cd", "#f0a95a", "#98abef", "#ee8aa8", "#7fd39e", "#d9bd63", "#c49be8", "#8cc4ef", "#ee9a80", "#a9b6b2"];

export type ChartColors = { text: string; soft: string; line: string; series: string[]; ramp: [string, string] };

/** Colours for a page in dark or light colours; `token` reads those that are the page's own, by name. */
export function chartColors(isDark: boolean, token: (name: string) => string): ChartColors {
  const own = { text: token("--text"), soft: token("--text-soft"), line: token("--line") };
  return isDark
    ? { ...own, series: DARK, ramp: ["#1d3d3f", "#8bd8de"] }
    : { ...own, series: LIGHT, ramp: ["#e3f0ee", "#0d4a52"] };
}

/** The value of one of the page's colours as it is now. */
export function pageColor(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** How every chart looks; Vega-Lite's `config`. */
export function chartConfig(colors: ChartColors): Record<string, unknown> {
  const font = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
  return {
    background: "transparent",
    font,
    customFormatTypes: true,
    padding: 4,
    view: { stroke: "transparent" },
    axis: {
      domainColor: colors.line,
      gridColor: colors.line,
      tickColor: colors.line,
      labelColor: colors.soft,
      titleColor: colors.soft,
      labelFontSize: 11,
      titleFontSize: 12,
      titleFontWeight: 500,
      labelLimit: 160,
      titleLimit: 360,
      labelOverlap: true,
    },
    legend: {
      labelColor: colors.text,
      titleColor: colors.soft,
      labelFontSize: 12,
      titleFontSize: 12,
      labelLimit: 180,
      titleLimit: 180,
      symbolLimit: 40,
    },
    range: { category: colors.series, ramp: colors.ramp, heatmap: colors.ramp },
    mark: { color: colors.series[0] },
    line: { strokeWidth: 2 },
    text: { color: colors.text },
  };
}
