import { expect, it } from "vitest";

import { causesFirst, filesWithErrors } from "./problems";

const problem = (file: string, severity: "error" | "warning", code = "unknown_key") => ({
  file,
  severity,
  code,
  message: "",
  hint: null,
  line: 1,
  column: 1,
  layer: "",
  yamlPath: "",
  autoFix: null,
});

it("puts what is to be mended before what follows from it, and warnings last", () => {
  const found = [problem("a", "warning"), problem("b", "error", "broken_reference"), problem("c", "error")];
  expect(causesFirst(found).map((each) => each.file)).toEqual(["c", "b", "a"]);
  expect(filesWithErrors(found)).toEqual(new Set(["c"]));
});
