import {
  ArrowRight,
  Circle,
  Eye,
  FilePen,
  Heart,
  type LucideIcon,
  MapPin,
  MessageCircle,
  MessageCircleQuestion,
  MessageSquareText,
  MessageSquareWarning,
  Milestone,
  Phone,
  Receipt,
  ShoppingCart,
  StickyNote,
  TrendingUp,
  Undo2,
} from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Money, useActorName, useFormat } from '@/kit'
import { useFieldWords } from '../record/words'
import type { Entry, Fact } from './api'
import { NoteCard } from './NoteCard'
import styles from './timeline.module.css'

// A kind of a later part that is not here gets the circle.
const icons: Record<string, LucideIcon> = {
  order: Receipt,
  return: Undo2,
  view: Eye,
  cart: ShoppingCart,
  favourite: Heart,
  review: MessageSquareText,
  level: TrendingUp,
  lifecycle: Milestone,
  edit: FilePen,
  call: Phone,
  visit: MapPin,
  consultation: MessageCircleQuestion,
  complaint: MessageSquareWarning,
  message: MessageCircle,
  note: StickyNote,
}

const money = new Set(['order', 'return'])

// i18n-keys: timeline.text.*, timeline.kind.*, timeline.fact.*
/** One entry: what, and its values; a note has a card of its own. */
export function EntryRow({ entry, customer }: { entry: Entry; customer: number }) {
  const { t } = useTranslation()
  const f = useFormat()
  const actor = useActorName()
  const Icon = icons[entry.kind] ?? Circle
  const amount = money.has(entry.kind)
    ? entry.facts.find((fact) => fact.key === 'timeline.fact.amount')
    : undefined
  const facts = entry.facts.filter((fact) => fact !== amount)
  return (
    <li className={styles.entry}>
      <span className={styles.mark} aria-hidden="true">
        <Icon size={16} />
      </span>
      <div className={styles.body}>
        <div className={styles.head}>
          <span className={styles.what}>{t(entry.text.key, entry.text.params)}</span>
          {entry.note?.subject && <strong className={styles.subject}>{entry.note.subject}</strong>}
          {amount && (
            <strong className={styles.amount}>
              <Money fen={amount.number} />
            </strong>
          )}
          <span className={styles.when}>
            {entry.actor?.name && `${actor(entry.actor.name)} · `}
            <time dateTime={new Date(entry.at).toISOString()} title={f.dateTime(entry.at)}>
              {f.dateTime(entry.at).slice(11)}
            </time>
          </span>
        </div>
        {entry.note ? (
          <NoteCard note={entry.note} customer={customer} />
        ) : (
          facts.length > 0 && (
            <dl className={styles.facts}>
              {facts.map((fact, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: facts of an entry never change order
                <FactItem key={i} fact={fact} />
              ))}
            </dl>
          )
        )}
      </div>
    </li>
  )
}

// Codes of fields and values read as the record shows them, where there is a text.
// i18n-keys: order.status.*, timeline.origin.*
function FactItem({ fact }: { fact: Fact }) {
  const { t } = useTranslation()
  const f = useFormat()
  const words = useFieldWords()
  if (fact.type === 'change') {
    const before = words.value(fact.key, fact.before_code || fact.before, fact.before)
    const after = words.value(fact.key, fact.text_code || fact.text, fact.text)
    return (
      <div className={styles.change}>
        <dt>{fact.label || words.name(fact.key)}</dt>
        <dd>
          {before ? <del>{before}</del> : <span className="zk-muted">–</span>}
          <ArrowRight size={13} aria-hidden="true" />
          {after ? <ins>{after}</ins> : <span className="zk-muted">–</span>}
        </dd>
      </div>
    )
  }
  const value =
    fact.type === 'money'
      ? f.money(fact.number)
      : fact.type === 'count'
        ? f.count(fact.number)
        : fact.type === 'key'
          ? t(fact.text)
          : fact.text
  return (
    <div>
      <dt>{t(fact.key)}</dt>
      <dd>{value}</dd>
    </div>
  )
}
