// What the columns of a file mean, as a person corrects it. Pure; tested.
import type { Kind, Mapping, Meaning, Preview, Rules } from './api'

export const ignore: Meaning = 'ignore'

export type Columns = Record<string, Meaning>

/** The columns of a preview with the meaning each has now; ignored ones are left out. */
export function columnsOf(preview: Preview): Columns {
  const out: Columns = {}
  for (const column of preview.columns) {
    if (column.meaning !== ignore) out[column.key] = column.meaning
  }
  return out
}

/**
 * Gives a column another meaning. A meaning belongs to one column: the column
 * that had it before is ignored from now on and named in `released`.
 */
export function assign(
  columns: Columns,
  key: string,
  meaning: Meaning,
): { columns: Columns; released: string | null } {
  const next: Columns = {}
  let released: string | null = null
  for (const [column, held] of Object.entries(columns)) {
    if (column === key) continue
    if (held === meaning && meaning !== ignore) released = column
    else next[column] = held
  }
  if (meaning !== ignore) next[key] = meaning
  return { columns: next, released }
}

/** What a file must say at least; catalogue keys after `imports.need.`. */
export type Need = 'buyer' | 'date' | 'amount' | 'event_time' | 'event_kind'

const identifying = [
  'buyer.id',
  'buyer.nickname',
  'buyer.phone',
  'buyer.phone2',
  'buyer.email',
  'buyer.code',
]

/** What is needed for a kind of file, and whether the columns say it; as the server checks it. */
export function needs(kind: Kind, columns: Columns, rules: Rules): { need: Need; met: boolean }[] {
  const held = new Set(Object.values(columns))
  const any = (...of: Meaning[]) => of.some((m) => held.has(m))
  const names = rules.name_identifies === 'yes' && any('buyer.name', 'buyer.company')
  const out: { need: Need; met: boolean }[] = [{ need: 'buyer', met: any(...identifying) || names }]
  if (kind === 'orders') {
    const made = any('unit_price') && any('quantity')
    out.push({ need: 'date', met: any('paid_at', 'ordered_at') })
    out.push({ need: 'amount', met: any('amount', 'list_amount') || made })
  }
  if (kind === 'behaviours') {
    out.push({ need: 'event_time', met: any('event.at') })
    out.push({ need: 'event_kind', met: any('event.kind') || Boolean(rules.default_event) })
  }
  return out
}

/** The groups that meanings are chosen from; catalogue keys after `imports.group.`. */
export type Group = 'order' | 'event' | 'buyer' | 'product'

const groupOf = (meaning: Meaning): Group => {
  if (/^buyer\.|^(country|province|city|district|address)$/.test(meaning)) return 'buyer'
  if (/^(parent|company|contact)\.|^(industry|remark|stage|owner|tags)$/.test(meaning))
    return 'buyer'
  if (/^(education|registered_at|preferred_channel|favourite_categories)$/.test(meaning))
    return 'buyer'
  if (/^product\.|^(category|brand)$/.test(meaning)) return 'product'
  return /^event\.|^rating$/.test(meaning) ? 'event' : 'order'
}

/** Meanings by group, in the server's order. */
export function grouped(meanings: Meaning[]): { group: Group; meanings: Meaning[] }[] {
  const out: { group: Group; meanings: Meaning[] }[] = []
  for (const meaning of meanings) {
    const group = groupOf(meaning)
    const last = out.find((x) => x.group === group)
    if (last) last.meanings.push(meaning)
    else out.push({ group, meanings: [meaning] })
  }
  return out
}

/** How sure a guess is, in words: what is below needs a look. */
export function certainty(confidence: number): 'sure' | 'likely' | 'unsure' {
  if (confidence >= 0.85) return 'sure'
  return confidence >= 0.6 ? 'likely' : 'unsure'
}

/** The mapping to send: how the file is read stays, columns and rules are those of the person. */
export function mappingOf(preview: Preview, columns: Columns, rules: Rules): Mapping {
  return { ...preview.mapping, kind: preview.kind, columns, rules }
}

/** The column that holds a meaning. */
export function columnOf(columns: Columns, meaning: Meaning): string | undefined {
  return Object.entries(columns).find(([, held]) => held === meaning)?.[0]
}

/** Different texts of a column in the preview, at most `most`, in order of appearance. */
export function textsOf(preview: Preview, key: string | undefined, most = 20): string[] {
  const at = preview.columns.findIndex((c) => c.key === key)
  if (at < 0) return []
  const seen = new Set<string>()
  for (const row of preview.rows) {
    const text = row[at]?.trim()
    if (text) seen.add(text)
    if (seen.size === most) break
  }
  return [...seen]
}

/** The column a field error of the server is about: "columns.买家" → "买家". */
export const errorColumn = (path: string): string | null =>
  /^(?:body\.)?(?:mapping\.)?columns\.(.+)$/s.exec(path)?.[1] ?? null
