import { text } from "~/text";
import { Menu, MenuItem } from "~/ui/Menu";
import { type TopicFields, fullLabel } from "../fields/info";
import { moveFilter, removeFilter, setFilter } from "../query/state";
import type { FilterLine, JsonObject, QueryState } from "../types";
import { FilterEditor } from "./FilterEditor";
import styles from "./Filters.module.css";
import type { Calendar } from "./useFilter";

type List = "filters" | "anyOf";

type Props = {
  query: QueryState;
  fields: TopicFields;
  edit: (change: (query: QueryState) => QueryState) => void;
  /** What a query of this topic holds beside its fields. */
  base: JsonObject;
  branchId: string | undefined;
  calendar: Calendar;
  /** The field whose filter was just added: its editor takes the focus. */
  fresh: string | undefined;
  onSettling: (settling: Promise<unknown>) => void;
};

/** The filters of the query: all of the first ones must hold, and one at least of the others. */
export function FilterPanel({ query, ...rest }: Props) {
  if (query.sql !== null || (query.filters.length === 0 && query.anyOf.length === 0)) return null;
  return (
    <section className={styles.panel} aria-label={text.explore.filters}>
      {query.filters.length > 0 ? <Lines list="filters" title={text.explore.allOf} query={query} {...rest} /> : null}
      {query.anyOf.length > 0 ? <Lines list="anyOf" title={text.explore.anyOf} query={query} {...rest} /> : null}
    </section>
  );
}

function Lines({ list, title, query, ...rest }: Props & { list: List; title: string }) {
  return (
    <div className={styles.lines}>
      <div className={styles.title}>{title}</div>
      <ul className={styles.list} aria-label={title}>
        {query[list].map((line, at) => (
          // A field may be filtered twice, so its place is part of what it is.
          <Line key={`${line.field} ${at}`} list={list} at={at} line={line} query={query} {...rest} />
        ))}
      </ul>
    </div>
  );
}

function Line({ list, at, line, fields, edit, ...rest }: Props & { list: List; at: number; line: FilterLine }) {
  const info = fields.lookup.get(line.field);
  const label = info ? fullLabel(info) : line.field;
  return (
    <li className={styles.line}>
      <span className={styles.label} data-kind={info?.isMeasure ? "measure" : "dimension"} title={line.field}>
        {label}
      </span>
      <FilterEditor
        {...rest}
        info={info}
        label={label}
        line={line}
        autoFocus={rest.fresh === line.field && line.filter === null}
        onChange={(filter) => edit((now) => setFilter(now, list, at, { field: line.field, filter }))}
      />
      <Menu label={<span className="visually-hidden">{text.explore.optionsOf(label)}</span>} align="end">
        <MenuItem onSelect={() => edit((now) => moveFilter(now, list, at))}>
          {list === "filters" ? text.explore.toAny : text.explore.toAll}
        </MenuItem>
        <MenuItem onSelect={() => edit((now) => ({ ...now, [list]: [...now[list], { field: line.field, filter: null }] }))}>
          {text.explore.filterAgain}
        </MenuItem>
        <MenuItem onSelect={() => edit((now) => removeFilter(now, list, at))}>{text.explore.removeFilter}</MenuItem>
      </Menu>
      <button type="button" className={styles.remove} aria-label={text.explore.removeFilterOf(label)} onClick={() => edit((now) => removeFilter(now, list, at))}>
        ×
      </button>
    </li>
  );
}
