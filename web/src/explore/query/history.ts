/** Undo and redo of plain states: a past, a present, a future. */
export type History<T> = { past: readonly T[]; present: T; future: readonly T[] };

const MOST = 100;

export const begin = <T>(present: T): History<T> => ({ past: [], present, future: [] });

/** Goes on to another state; what had been undone is forgotten. An equal state is no step. */
export function step<T>(history: History<T>, next: T): History<T> {
  if (JSON.stringify(next) === JSON.stringify(history.present)) return history;
  return { past: [...history.past.slice(1 - MOST), history.present], present: next, future: [] };
}

export function undo<T>(history: History<T>): History<T> {
  const last = history.past.at(-1);
  if (last === undefined) return history;
  return { past: history.past.slice(0, -1), present: last, future: [history.present, ...history.future] };
}

export function redo<T>(history: History<T>): History<T> {
  const [first, ...rest] = history.future;
  if (first === undefined) return history;
  return { past: [...history.past, history.present], present: first, future: rest };
}
