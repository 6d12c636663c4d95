// The rules of reading that a person can choose, by kind of file. Pure; tested.
import type { Kind, Rules } from './api'

/** A rule with fixed answers. Texts: `import.rule.<name>` and `imports.rule.<name>`. */
export interface Rule {
  name: Exclude<keyof Rules, 'status' | 'event' | 'no_buyer'>
  /** Allowed answers, the default first; empty for a short text. */
  choices: string[]
  default: string
}

const yesNo = (name: Rule['name'], byDefault: 'yes' | 'no'): Rule => ({
  name,
  choices: byDefault === 'yes' ? ['yes', 'no'] : ['no', 'yes'],
  default: byDefault,
})
const choice = (name: Rule['name'], ...choices: [string, ...string[]]): Rule => ({
  name,
  choices,
  default: choices[0],
})

export const statuses = [
  'unpaid',
  'paid',
  'shipped',
  'completed',
  'cancelled',
  'refunded',
  'part_refunded',
] as const

export const events = ['view', 'cart', 'favourite', 'review'] as const

const dates = choice('date_order', 'ymd', 'mdy', 'dmy')
const names = yesNo('name_identifies', 'no')
const company = yesNo('company_buys', 'no')

const newTags = choice('new_tags', 'skip', 'create')
const tagGroup: Rule = { name: 'tag_group', choices: [], default: '' }

const all: Record<Kind, Rule[]> = {
  orders: [
    choice('amount_is', 'row', 'order'),
    choice('negative_quantity', 'return', 'reject'),
    { name: 'cancelled_prefix', choices: [], default: 'C' },
    choice('duplicate_lines', 'keep', 'drop'),
    choice('zero_price', 'keep', 'drop'),
    yesNo('fill_down', 'yes'),
    { name: 'default_status', choices: [...statuses], default: 'completed' },
    dates,
    names,
    company,
    newTags,
    tagGroup,
  ],
  customers: [newTags, tagGroup, names, company, dates],
  behaviours: [
    { name: 'default_event', choices: ['', ...events], default: '' },
    dates,
    names,
    company,
  ],
}

/** The rules that matter for a kind of file. */
export const rulesOf = (kind: Kind): Rule[] => all[kind]

/** The answer in force. */
export const answer = (rules: Rules, rule: Rule): string => rules[rule.name] || rule.default

/** Sets an answer; the default is not written down, so that it stays the program's. */
export function withAnswer(rules: Rules, rule: Rule, value: string): Rules {
  const next = { ...rules }
  if (value === rule.default || value === '') delete next[rule.name]
  else next[rule.name] = value
  return next
}

/** How many rules differ from their default. */
export function changed(kind: Kind, rules: Rules): number {
  const own = rulesOf(kind).filter((rule) => answer(rules, rule) !== rule.default).length
  const texts = kind === 'orders' ? rules.status : kind === 'behaviours' ? rules.event : undefined
  return own + (Object.keys(texts ?? {}).length > 0 ? 1 : 0)
}

/** Says what a text of the status or event column means; "" leaves it to the program. */
export function withText(
  rules: Rules,
  map: 'status' | 'event',
  text: string,
  meaning: string,
): Rules {
  const { [text]: _before, ...rest } = rules[map] ?? {}
  const texts = meaning ? { ...rest, [text]: meaning } : rest
  const next = { ...rules }
  if (Object.keys(texts).length === 0) delete next[map]
  else next[map] = texts
  return next
}
