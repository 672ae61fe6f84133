import { api, data } from "~/api/client";
import { reread, type UserDetail } from "../users/users";
import { HeldRoles } from "./HeldRoles";

/** Roles of a user, by every way they come. */
export function UserRoles({ of: user }: { of: UserDetail }) {
  return (
    <HeldRoles
      of={user.modelRoles}
      withOrigin
      give={async (body) => {
        await data(api.POST("/api/v1/users/{id}/model-roles", { params: { path: { id: user.id } }, body }));
        await reread();
      }}
    />
  );
}
