import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import { queryClient } from "~/api/queries";
import type { components } from "~/api/schema";
import { began } from "~/api/session";
import { chooseAppearance } from "~/app/theme";

export type Profile = components["schemas"]["ProfileResponse"];
export type ProfileChange = components["schemas"]["ProfileUpdateBody"];

const KEY = ["profile"];

export function useProfile() {
  return useQuery({ queryKey: KEY, queryFn: () => data(api.GET("/api/v1/profile")) });
}

/** Saves what changed; the name at the top and the colours follow. */
export async function saveProfile(change: ProfileChange): Promise<void> {
  const now = await data(api.PATCH("/api/v1/profile", { body: change }));
  queryClient.setQueryData(KEY, now);
  if (change.appearance) chooseAppearance(change.appearance);
  if (change.name) began(await data(api.GET("/api/v1/session")));
}

export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await data(api.POST("/api/v1/session/password", { body: { currentPassword, newPassword } }));
  await queryClient.invalidateQueries({ queryKey: ["sessions"] });
}
