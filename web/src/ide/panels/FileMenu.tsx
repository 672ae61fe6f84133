import { useState, type RefObject } from "react";

import { text } from "~/text";
import { Menu, MenuGroup, MenuItem } from "~/ui/Menu";
import { toast } from "~/ui/toast";
import type { EditorHandle } from "../code/Editor";
import { topicName } from "../data/newFiles";
import type { Workbench } from "../data/workbench";
import { NewFile } from "./NewFile";
import { RenameTopic } from "./RenameTopic";

const words = text.ide;

type Asked = "view" | "topic" | "rename";
type Props = { bench: Workbench; editor: RefObject<EditorHandle | null> };

/** What can be done with files: new ones, another name, away with one; and with the text of the open one. */
export function FileMenu({ bench, editor }: Props) {
  const [asked, setAsked] = useState<Asked>();
  const { file, canWrite, isMirror } = bench;
  const isOpen = bench.text !== undefined;
  const isDirty = file in bench.drafts;
  const isMovable = isOpen && canWrite && !isMirror && /\.(view|topic)$/.test(file);
  const close = () => setAsked(undefined);
  const whenSaved = (act: () => void) => () => (isDirty ? toast(words.saveFirst, "info") : act());
  return (
    <>
      <Menu label={words.file}>
        {canWrite ? (
          <MenuGroup label={words.files}>
            <MenuItem onSelect={() => setAsked("view")}>{words.newView}</MenuItem>
            <MenuItem onSelect={() => setAsked("topic")}>{words.newTopic}</MenuItem>
            {isMovable && topicName(file) ? <MenuItem onSelect={whenSaved(() => setAsked("rename"))}>{words.renameFile}</MenuItem> : null}
            {isMovable ? (
              <MenuItem danger onSelect={() => bench.setDeleting(file)}>
                {words.deleteFile}
              </MenuItem>
            ) : null}
            {isDirty ? (
              <MenuItem danger onSelect={() => bench.change({ type: "dropped", branch: bench.where.branchId ?? "", file })}>
                {words.revert}
              </MenuItem>
            ) : null}
          </MenuGroup>
        ) : null}
        <MenuItem disabled={!isOpen} onSelect={() => editor.current?.find()}>
          {words.findInFile}
        </MenuItem>
        <MenuItem disabled={!isOpen} onSelect={() => editor.current?.foldAll()}>
          {words.foldAll}
        </MenuItem>
        <MenuItem disabled={!isOpen} onSelect={() => editor.current?.unfoldAll()}>
          {words.unfoldAll}
        </MenuItem>
      </Menu>
      {asked === "view" || asked === "topic" ? <NewFile key={asked} kind={asked} bench={bench} onClose={close} /> : null}
      {asked === "rename" ? <RenameTopic bench={bench} onClose={close} /> : null}
    </>
  );
}
