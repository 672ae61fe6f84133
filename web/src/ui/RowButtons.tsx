import { Button } from "./Button";

type Words = { edit: string; delete: string; of: (what: string, name: string) => string };
type Props = { name: string; words: Words; onEdit: () => void; onDelete: () => void };

/** The two buttons of a row that can be changed and deleted; each says of which row it is. */
export function RowButtons({ name, words, onEdit, onDelete }: Props) {
  return (
    <span className="buttons">
      <Button size="small" aria-label={words.of(words.edit, name)} onClick={onEdit}>
        {words.edit}
      </Button>
      <Button size="small" kind="danger" aria-label={words.of(words.delete, name)} onClick={onDelete}>
        {words.delete}
      </Button>
    </span>
  );
}
