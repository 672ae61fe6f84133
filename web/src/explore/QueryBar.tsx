import { text } from "~/text";
import { Menu, MenuGroup, MenuItem } from "~/ui/Menu";
import styles from "./Explore.module.css";
import type { TopicFields } from "./fields/info";
import { moveField, removeField, replaceField, toggleIn, togglePivot } from "./query/state";
import type { FieldInfo, QueryState } from "./types";

type Props = { query: QueryState; fields: TopicFields; edit: (change: (query: QueryState) => QueryState) => void; onFilter: (info: FieldInfo) => void };

/** The fields of the query in their order, each with what can be done with it. */
export function QueryBar({ query, fields, edit, onFilter }: Props) {
  if (query.sql !== null || query.fields.length === 0) return null;
  return (
    <div className={styles.bar}>
      <ul className={styles.chips} aria-label={text.explore.chips}>
        {query.fields.map((name) => (
          <li key={name}>
            <Chip name={name} query={query} fields={fields} edit={edit} onFilter={onFilter} />
          </li>
        ))}
      </ul>
      <Menu label={text.explore.layout}>
        <MenuItem checked={query.columnTotals} onSelect={() => edit((now) => ({ ...now, columnTotals: !now.columnTotals }))}>
          {text.explore.columnTotals}
        </MenuItem>
        <MenuItem
          checked={query.rowTotals}
          disabled={query.pivots.length === 0}
          onSelect={() => edit((now) => ({ ...now, rowTotals: !now.rowTotals }))}
        >
          {text.explore.rowTotals}
        </MenuItem>
        {query.pivots.length > 0 ? (
          <MenuGroup label={text.explore.columns}>
            {[50, 100, 200].map((most) => (
              <MenuItem key={most} checked={query.columnLimit === most} onSelect={() => edit((now) => ({ ...now, columnLimit: most }))}>
                {most}
              </MenuItem>
            ))}
          </MenuGroup>
        ) : null}
      </Menu>
    </div>
  );
}

function Chip({ name, query, fields, edit, onFilter }: Props & { name: string }) {
  const info = fields.lookup.get(name);
  const label = info?.label ?? name;
  const kind = info?.isMeasure ? "measure" : "dimension";
  const sort = query.sorts.find((line) => line.field === name && !line.pivot);
  const isPivot = query.pivots.includes(name);
  const at = query.fields.indexOf(name);
  const frames = info?.grain
    ? fields.views.flatMap((view) => view.groups).find((group) => group.frames.some((frame) => frame.name === name))?.frames
    : undefined;
  const setSort = (descending: boolean | undefined) =>
    edit((now) => ({
      ...now,
      sorts: [
        ...now.sorts.filter((line) => line.field !== name),
        ...(descending === undefined ? [] : [{ field: name, descending }]),
      ],
    }));
  return (
    <span className={styles.chip} data-kind={kind} data-pivot={isPivot || undefined}>
      <Menu label={label} name={text.explore.optionsOf(label)}>
        <MenuItem checked={sort?.descending === false} onSelect={() => setSort(sort?.descending === false ? undefined : false)}>
          {text.explore.sortUp}
        </MenuItem>
        <MenuItem checked={sort?.descending === true} onSelect={() => setSort(sort?.descending === true ? undefined : true)}>
          {text.explore.sortDown}
        </MenuItem>
        {info ? <MenuItem onSelect={() => onFilter(info)}>{text.explore.filter}</MenuItem> : null}
        {kind === "dimension" ? (
          <>
            <MenuItem checked={isPivot} onSelect={() => edit((now) => togglePivot(now, name))}>
              {text.explore.pivot}
            </MenuItem>
            <MenuItem
              checked={query.subtotals.includes(name)}
              disabled={isPivot}
              onSelect={() => edit((now) => toggleIn(now, "subtotals", name))}
            >
              {text.explore.subtotal}
            </MenuItem>
            <MenuItem checked={query.fill.includes(name)} onSelect={() => edit((now) => toggleIn(now, "fill", name))}>
              {text.explore.fill}
            </MenuItem>
          </>
        ) : null}
        {frames ? (
          <MenuGroup label={text.explore.timeframe}>
            {frames.map((frame) => (
              <MenuItem key={frame.name} checked={frame.name === name} onSelect={() => edit((now) => replaceField(now, name, frame.name))}>
                {frame.label}
              </MenuItem>
            ))}
          </MenuGroup>
        ) : null}
        <MenuGroup label={label}>
          <MenuItem disabled={at === 0} onSelect={() => edit((now) => moveField(now, name, at - 1))}>
            {text.explore.moveLeft}
          </MenuItem>
          <MenuItem disabled={at === query.fields.length - 1} onSelect={() => edit((now) => moveField(now, name, at + 1))}>
            {text.explore.moveRight}
          </MenuItem>
          <MenuItem onSelect={() => edit((now) => removeField(now, name))}>{text.explore.removeField}</MenuItem>
        </MenuGroup>
      </Menu>
      <button type="button" aria-label={text.explore.remove(label)} onClick={() => edit((now) => removeField(now, name))}>
        ×
      </button>
    </span>
  );
}
