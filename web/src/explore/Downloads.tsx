import { useState } from "react";

import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Menu, MenuItem } from "~/ui/Menu";
import { toast } from "~/ui/toast";
import { type FileKind, download, fileName, hand } from "./result/download";
import type { Body } from "./result/run";
import type { ChartImage } from "./types";

type Props = { body: Body; name: string; disabled: boolean; image: ChartImage | undefined };

/** The result as a file, and the chart as a picture. */
export function Downloads({ body, name, disabled, image }: Props) {
  const [busy, setBusy] = useState(false);
  async function go(work: () => Promise<boolean>) {
    setBusy(true);
    try {
      const isCut = await work();
      toast(isCut ? text.explore.cut : text.explore.downloaded, isCut ? "info" : "good");
    } catch (error) {
      toast(sentence(error), "bad");
    }
    setBusy(false);
  }
  const file = (kind: FileKind, formatted = false) => void go(() => download(body, kind, name, formatted));
  return (
    <Menu label={busy ? text.explore.downloading : text.explore.download} align="end">
      <MenuItem disabled={disabled || busy} onSelect={() => file("csv")}>
        {text.explore.files.csv}
      </MenuItem>
      <MenuItem disabled={disabled || busy} onSelect={() => file("csv", true)}>
        {text.explore.files.formatted}
      </MenuItem>
      <MenuItem disabled={disabled || busy} onSelect={() => file("xlsx")}>
        {text.explore.files.xlsx}
      </MenuItem>
      <MenuItem disabled={disabled || busy} onSelect={() => file("json")}>
        {text.explore.files.json}
      </MenuItem>
      {image ? (
        <MenuItem
          disabled={busy}
          onSelect={() =>
            void go(async () => {
              hand(await image(), fileName(name, "png"));
              return false;
            })
          }
        >
          {text.explore.files.png}
        </MenuItem>
      ) : null}
    </Menu>
  );
}
