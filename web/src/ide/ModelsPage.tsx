import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, data } from "~/api/client";
import { text } from "~/text";
import { CopyButton } from "~/ui/CopyButton";
import { Empty } from "~/ui/Empty";
import { Loaded } from "~/ui/Loaded";
import { Name } from "~/ui/Name";
import { Page } from "~/ui/Page";
import { Table } from "~/ui/Table";
import { Tag } from "~/ui/Tag";
import type { Model } from "./data/queries";
import { useModels } from "./data/models";
import { Refresh } from "./Refresh";
import styles from "./ModelsPage.module.css";

const words = text.ide;

/** The models one may see: what they stand on, their branches, and the way into their files. */
export function Component() {
  const models = useModels();
  return (
    <Page title={words.title} intro={words.intro}>
      <Loaded of={models} label={words.loading}>
        {(found) => (found.length === 0 ? <NoModels /> : <Models models={found} />)}
      </Loaded>
    </Page>
  );
}

function NoModels() {
  return (
    <Empty title={words.noModels}>
      <p>{words.noModelsHint}</p>
      <p className={styles.command}>
        <code>{words.initCommand}</code> <CopyButton value={words.initCommand} />
      </p>
      <p>{words.noModelsThen}</p>
    </Empty>
  );
}

function Models({ models }: { models: readonly Model[] }) {
  const connections = useConnectionNames();
  return (
    <Table
      caption={words.models}
      rows={models}
      keyOf={(model) => model.id}
      columns={[
        {
          name: words.model,
          of: (model) => (
            <span className={styles.model}>
              <Link to={`/models/${model.id}/ide`}>
                <bdi>{model.name}</bdi>
              </Link>
              {model.modelKind === "SHARED_EXTENSION" ? <Tag>{words.extension}</Tag> : null}
            </span>
          ),
        },
        { name: words.connection, of: (model) => <Name>{connections.get(model.connectionId ?? "") ?? ""}</Name> },
        { name: words.branches, of: (model) => <Branches model={model} /> },
        {
          name: words.actions,
          hideName: true,
          end: true,
          of: (model) => (
            <span className={styles.actions}>
              <Link to={`/explore/${model.id}`}>{words.explore}</Link>
              <Refresh model={model} />
            </span>
          ),
        },
      ]}
    />
  );
}

function Branches({ model }: { model: Model }) {
  const branches = model.branches ?? [];
  if (branches.length === 0) return <span className={styles.none}>{words.noBranches}</span>;
  return (
    <span className={styles.branches}>
      {branches.map((each) => (
        <Link key={each.id} to={`/models/${model.id}/ide?branch=${each.id}`}>
          <bdi>{each.name}</bdi>
        </Link>
      ))}
    </span>
  );
}

/** Names of connections by id; who may not list them sees none. */
function useConnectionNames(): ReadonlyMap<string, string> {
  const found = useQuery({
    queryKey: ["connections", "names"],
    queryFn: async () => (await data(api.GET("/api/v1/connections"))).connections,
  });
  return new Map((found.data ?? []).map((each) => [each.id, each.name]));
}
