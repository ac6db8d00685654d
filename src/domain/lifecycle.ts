import { Refusal } from './refusal.js';

type TableOf<T> = { readonly [S in keyof T]: Readonly<Record<string, keyof T & string>> };
type ActionIn<T> = { [S in keyof T]: keyof T[S] & string }[keyof T];

/**
 * A lifecycle is a table: state → action → next state. Clients name the action, never the state they want to end up in.
 * The CHECK constraint of the stored table and the diagrams in the documentation are made from the same table.
 */
export function defineLifecycle<const T extends TableOf<T>>(subject: string, table: T): Lifecycle<keyof T & string, ActionIn<T> & string> {
  const rows: Readonly<Record<string, Readonly<Record<string, string>>>> = table;
  const actionsFrom = (state: string): string[] => Object.keys(rows[state] ?? {});
  return {
    subject,
    states: Object.keys(rows) as (keyof T & string)[],
    actionsFrom: (state) => actionsFrom(state),
    next(state, action) {
      const next = rows[state]?.[action];
      if (next === undefined) throw invalidTransition(subject, state, action, actionsFrom(state));
      return next as keyof T & string;
    },
  };
}

export interface Lifecycle<State extends string, Action extends string> {
  readonly subject: string;
  readonly states: readonly State[];
  actionsFrom(state: State): Action[];
  /** The state after the action, or a Refusal INVALID_TRANSITION that lists the allowed actions. */
  next(state: State, action: Action): State;
}

function invalidTransition(subject: string, state: string, action: string, allowed: readonly string[]): Refusal {
  const next = allowed.length === 0 ? 'Nothing more can be done with it.' : `Allowed now: ${allowed.join(', ')}.`;
  return new Refusal('INVALID_TRANSITION', {
    message: `${subject} is ${state}: ${action} is not possible.`, subject, state, action, allowedActions: allowed, next,
  });
}

export type StateOf<L> = L extends Lifecycle<infer S, string> ? S : never;
export type ActionOf<L> = L extends Lifecycle<string, infer A> ? A : never;
