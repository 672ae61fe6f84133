import type { components } from "~/api/schema";

export type Definition = components["schemas"]["Definition"];

/** Everything a model gives a name to, ready to be looked up. */
export class Names {
  readonly views: readonly Definition[];
  readonly topics: readonly Definition[];
  private readonly fields = new Map<string, Map<string, Definition>>();
  private readonly viewOf = new Map<string, string>();

  constructor(readonly all: readonly Definition[]) {
    this.views = all.filter((each) => each.kind === "view");
    this.topics = all.filter((each) => each.kind === "topic" || each.kind === "composite_topic");
    for (const view of this.views) this.viewOf.set(view.file, view.name);
    for (const each of all) {
      if (!each.view) continue;
      const known = this.fields.get(each.view) ?? new Map<string, Definition>();
      known.set(each.name, each);
      this.fields.set(each.view, known);
    }
  }

  fieldsOf(view: string): Definition[] {
    return [...(this.fields.get(view)?.values() ?? [])];
  }

  field(view: string, name: string): Definition | undefined {
    return this.fields.get(view)?.get(name);
  }

  view(name: string): Definition | undefined {
    return this.views.find((each) => each.name === name);
  }

  topic(name: string): Definition | undefined {
    return this.topics.find((each) => each.name === name);
  }

  of(kind: Definition["kind"], name?: string): Definition[] {
    return this.all.filter((each) => each.kind === kind && (name === undefined || each.name === name));
  }

  /** The name that the view of a file is queried by; a file that is not saved yet has that of its path. */
  viewIn(file: string): string | undefined {
    if (!file.endsWith(".view")) return undefined;
    return this.viewOf.get(file) ?? file.slice(file.lastIndexOf("/") + 1).replace(/(\.query)?\.view$/, "");
  }
}
