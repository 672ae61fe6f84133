import { text } from "~/text";
import { Confirm } from "~/ui/Confirm";
import { toast } from "~/ui/toast";
import { written } from "../data/queries";
import type { Workbench } from "../data/workbench";
import { deleteFile } from "../data/writes";

const words = text.ide;

/** Asks, then takes a view or topic away; one that was never saved is only forgotten. */
export function DeleteFile({ bench, file }: { bench: Workbench; file: string }) {
  async function go() {
    if (file in bench.texts) await deleteFile(bench.where, file);
    bench.change({ type: "dropped", branch: bench.where.branchId ?? "", file });
    await written(bench.where);
    toast(words.deleted(file));
  }
  return (
    <Confirm title={words.deleteTitle(file)} yes={text.common.delete} onYes={go} onClose={() => bench.setDeleting(undefined)}>
      {words.deleteAbout}
    </Confirm>
  );
}
