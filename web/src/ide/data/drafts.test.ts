import { expect, it } from "vitest";

import { changed, draftsOf, keyOf, type Drafts } from "./drafts";

const served = { files: { model: "label: A\n" }, checksums: { model: "c1" } };
const typed = (drafts: Drafts, text: string, file = "model") =>
  changed(drafts, { type: "typed", branch: "b", file, text, served });

it("remembers what the file was when typing began, whatever the server says later", () => {
  const one = typed({}, "label: B\n");
  const two = changed(one, {
    type: "typed",
    branch: "b",
    file: "model",
    text: "label: C\n",
    served: { files: { model: "theirs" }, checksums: { model: "c2" } },
  });
  expect(two[keyOf("b", "model")]).toEqual({ text: "label: C\n", base: "label: A\n", checksum: "c1" });
});

it("is no draft when the text is as it was", () => {
  expect(typed(typed({}, "x"), "label: A\n")).toEqual({});
});

it("keeps what was typed while saving, upon what was saved", () => {
  const now = typed(typed({}, "sent"), "sent and more");
  const after = changed(now, { type: "saved", branch: "b", file: "model", sent: "sent", text: "canonical", checksum: "c2" });
  expect(draftsOf(after, "b")).toEqual({ model: { text: "sent and more", base: "canonical", checksum: "c2" } });
  expect(changed(typed({}, "sent"), { type: "saved", branch: "b", file: "model", sent: "sent", text: "s", checksum: "c" })).toEqual({});
});

it("keeps branches apart", () => {
  const now = changed(typed({}, "x"), { type: "typed", branch: "c", file: "new.view", text: "y", served });
  expect(Object.keys(draftsOf(now, "b"))).toEqual(["model"]);
  expect(draftsOf(now, "c")["new.view"]).toEqual({ text: "y", base: undefined, checksum: undefined });
  expect(Object.keys(draftsOf(changed(now, { type: "branchDropped", branch: "c" }), "c"))).toEqual([]);
});
