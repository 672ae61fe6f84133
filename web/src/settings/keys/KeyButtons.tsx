import { useMutation } from "@tanstack/react-query";

import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { toast } from "~/ui/toast";
import { switchKey, type ApiKey } from "./keys";

const words = text.settings.keys;

/** What can be done with a key; what takes something away is asked about first. */
export function KeyButtons({ of: key, onAsk }: { of: ApiKey; onAsk: (what: "disable" | "revoke") => void }) {
  const enable = useMutation({
    mutationFn: () => switchKey(key.id, true),
    onSuccess: () => toast(words.wasEnabled(key.name)),
    onError: (error) => toast(sentence(error), "bad"),
  });
  return (
    <span className="buttons">
      {key.type !== "organization" ? null : key.enabled ? (
        <Button size="small" aria-label={words.of(words.disable, key.name)} onClick={() => onAsk("disable")}>
          {words.disable}
        </Button>
      ) : (
        <Button
          size="small"
          busy={enable.isPending}
          aria-label={words.of(words.enable, key.name)}
          onClick={() => enable.mutate()}
        >
          {words.enable}
        </Button>
      )}
      <Button
        size="small"
        kind="danger"
        aria-label={words.of(words.revoke, key.name)}
        onClick={() => onAsk("revoke")}
      >
        {words.revoke}
      </Button>
    </span>
  );
}
