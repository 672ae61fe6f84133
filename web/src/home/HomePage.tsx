import { Link } from "react-router";

import { sentence } from "~/api/errors";
import { useSharedModels } from "~/api/models";
import { useSession } from "~/api/session";
import { text } from "~/text";
import { Busy } from "~/ui/Busy";
import { Empty } from "~/ui/Empty";
import { Notice } from "~/ui/Notice";
import { Page } from "~/ui/Page";
import { Table } from "~/ui/Table";

/** Where a newcomer begins: the models one may ask, and what to do with each. */
export function Component() {
  const { user } = useSession();
  return (
    <Page title={text.home.welcome(user.name)} intro={text.home.intro}>
      <Models />
    </Page>
  );
}

function Models() {
  const models = useSharedModels();
  if (models.isPending) return <Busy label={text.home.loading} />;
  if (models.isError) return <Notice tone="bad">{sentence(models.error)}</Notice>;
  if (models.data.length === 0) return <Empty title={text.home.noModels}>{text.home.noModelsHint}</Empty>;
  return (
    <Table
      caption={text.home.models}
      rows={models.data}
      keyOf={(model) => model.id}
      columns={[
        { name: text.home.model, of: (model) => model.name },
        {
          name: text.home.actions,
          hideName: true,
          end: true,
          of: (model) => (
            <span style={{ display: "inline-flex", gap: "var(--space-4)" }}>
              <Link to={`/explore/${model.id}`}>{text.home.explore}</Link>
              <Link to={`/models/${model.id}/ide`}>{text.home.edit}</Link>
            </span>
          ),
        },
      ]}
    />
  );
}
