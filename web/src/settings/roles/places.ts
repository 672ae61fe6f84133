import { useQuery } from "@tanstack/react-query";

import { api, data } from "~/api/client";
import { useSharedModels } from "~/api/models";
import { text } from "~/text";

export type Place = { kind: "model" | "connection"; id: string; name: string };

/** Where roles can be given: whole connections, then shared models. */
export function usePlaces(): { places: Place[]; nameOf: (modelId: string | null, connectionId: string) => string } {
  const models = useSharedModels();
  const connections = useQuery({ queryKey: ["connections"], queryFn: () => data(api.GET("/api/v1/connections")) });
  const places: Place[] = [
    ...(connections.data?.connections ?? []).map(({ id, name }) => ({
      kind: "connection" as const,
      id,
      name: text.settings.roles.wholeConnection(name),
    })),
    ...(models.data ?? []).map(({ id, name }) => ({ kind: "model" as const, id, name: name ?? id })),
  ];
  return {
    places,
    nameOf: (modelId, connectionId) => {
      const id = modelId ?? connectionId;
      return places.find((place) => place.id === id)?.name ?? id;
    },
  };
}
