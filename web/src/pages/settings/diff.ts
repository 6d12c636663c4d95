export interface Difference {
  field: string
  /** null where the field was not there. */
  before: string | null
  after: string | null
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** The fields in which two states differ, by name; unchanged ones are left out. */
export function differences(
  before: Record<string, unknown> | null,
  after: Record<string, unknown> | null,
): Difference[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort()
  const at = (state: Record<string, unknown> | null, field: string) =>
    state && state[field] !== undefined && state[field] !== null ? text(state[field]) : null
  return fields
    .map((field) => ({ field, before: at(before, field), after: at(after, field) }))
    .filter((d) => d.before !== d.after)
}
