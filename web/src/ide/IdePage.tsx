import { Link, useParams } from "react-router";

import { text } from "~/text";
import { Empty } from "~/ui/Empty";
import { Loaded } from "~/ui/Loaded";
import { useTitle } from "~/ui/Page";
import { useMay, useModel, type Model } from "./data/queries";
import { Bench } from "./Bench";

const words = text.ide;

/** The files of one model: read, changed, checked, tried and merged. */
export function Component() {
  const { modelId = "" } = useParams();
  const model = useModel(modelId);
  useTitle(model.data?.name ?? words.title);
  return (
    <Loaded of={model} label={words.loadingModel}>
      {(found) =>
        found ? (
          <Allowed key={found.id} model={found} />
        ) : (
          <Empty title={words.noModel}>
            <Link to="/models">{words.backToModels}</Link>
          </Empty>
        )
      }
    </Loaded>
  );
}

function Allowed({ model }: { model: Model }) {
  const may = useMay(model);
  return (
    <Loaded of={may} label={words.loadingModel}>
      {({ role, permissions }) => {
        const named = words.roles[role] ?? role;
        if (permissions.has("QUERY_FULL_MODEL") && permissions.has("VIEW_SQL"))
          return <Bench model={model} may={permissions} role={named} />;
        return (
          <Empty title={words.notYours}>
            <p>{words.notYoursHint(named)}</p>
            {permissions.has("QUERY_TOPICS") ? (
              <p>
                <Link to={`/explore/${model.id}`}>{words.explore}</Link>
              </p>
            ) : null}
          </Empty>
        );
      }}
    </Loaded>
  );
}
