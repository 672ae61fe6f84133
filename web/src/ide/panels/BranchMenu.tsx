import { useState } from "react";

import { text } from "~/text";
import { Confirm } from "~/ui/Confirm";
import { Field } from "~/ui/Field";
import { FormDialog } from "~/ui/FormDialog";
import { Menu, MenuGroup, MenuItem } from "~/ui/Menu";
import { toast } from "~/ui/toast";
import { written } from "../data/queries";
import type { Workbench } from "../data/workbench";
import { createBranch, deleteBranch } from "../data/writes";

const words = text.ide;

/** Where one works: on the model itself or on a branch; makes and deletes branches. */
export function BranchMenu({ bench }: { bench: Workbench }) {
  const [asked, setAsked] = useState<"new" | "delete">();
  const { branch, branches, canWrite } = bench;
  const here = branch?.name ?? words.sharedModel;
  return (
    <>
      <Menu label={<bdi>{here}</bdi>} name={`${words.branchesLabel}: ${here}`} quiet={false}>
        <MenuGroup label={words.branchesLabel}>
          <MenuItem checked={!branch} onSelect={() => bench.goToBranch(undefined)}>
            {words.sharedModel}
          </MenuItem>
          {branches.map((each) => (
            <MenuItem key={each.id} checked={each.id === branch?.id} onSelect={() => bench.goToBranch(each.id)}>
              <bdi>{each.name}</bdi>
            </MenuItem>
          ))}
        </MenuGroup>
        {canWrite ? (
          <MenuGroup label={words.branch}>
            <MenuItem onSelect={() => setAsked("new")}>{words.newBranch}</MenuItem>
            {branch ? (
              <MenuItem danger onSelect={() => setAsked("delete")}>
                {words.deleteBranch(branch.name)}
              </MenuItem>
            ) : null}
          </MenuGroup>
        ) : null}
      </Menu>
      {asked === "new" ? <NewBranch bench={bench} onClose={() => setAsked(undefined)} /> : null}
      {asked === "delete" && branch ? <DeleteBranch bench={bench} branch={branch} onClose={() => setAsked(undefined)} /> : null}
    </>
  );
}

function NewBranch({ bench, onClose }: { bench: Workbench; onClose: () => void }) {
  const [name, setName] = useState("");
  async function create() {
    const made = await createBranch(bench.model, name.trim());
    await written(bench.where);
    bench.goToBranch(made.id);
    onClose();
  }
  return (
    <FormDialog title={words.newBranchTitle} submit={words.create} onSubmit={create} onClose={onClose}>
      <Field label={words.branchName} hint={words.newBranchHint} required autoFocus value={name} onChange={(event) => setName(event.target.value)} />
    </FormDialog>
  );
}

type DeleteProps = { bench: Workbench; branch: { id: string; name: string }; onClose: () => void };

function DeleteBranch({ bench, branch, onClose }: DeleteProps) {
  async function go() {
    await deleteBranch(bench.model.id, branch.name);
    bench.change({ type: "branchDropped", branch: branch.id });
    bench.goToBranch(undefined);
    await written(bench.where);
    toast(words.branchDeleted(branch.name));
  }
  const count = bench.diff.data?.files.length ?? 0;
  return (
    <Confirm title={words.deleteBranchTitle(branch.name)} yes={text.common.delete} onYes={go} onClose={onClose}>
      {words.deleteBranchAbout(count)}
    </Confirm>
  );
}
