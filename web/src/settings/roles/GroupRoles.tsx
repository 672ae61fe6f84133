import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import { queryClient } from "~/api/queries";
import { text } from "~/text";
import { Loaded } from "~/ui/Loaded";
import { HeldRoles } from "./HeldRoles";

/** Roles that a group gives to whoever is in it. */
export function GroupRoles({ id }: { id: string }) {
  const params = { path: { id } };
  const key = ["group-roles", id];
  const roles = useQuery({
    queryKey: key,
    queryFn: () => data(api.GET("/api/v1/user-groups/{id}/model-roles", { params })),
  });
  return (
    <Loaded of={roles} label={text.settings.roles.loading}>
      {({ results }) => (
        <HeldRoles
          of={results}
          give={async (body) => {
            await data(api.POST("/api/v1/user-groups/{id}/model-roles", { params, body }));
            await queryClient.invalidateQueries({ queryKey: key });
          }}
        />
      )}
    </Loaded>
  );
}
