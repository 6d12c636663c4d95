import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { QueryView, Section, useFormat } from '@/kit'
import { type Entry, type Fact, loadHistory } from '@/pages/customers/timeline/api'
import type { PairSide } from './api'
import styles from './duplicates.module.css'

const entries = 6

/** What happened to either of the two lately, side by side. */
export function Histories({ winner, loser }: { winner: PairSide; loser: PairSide }) {
  const { t } = useTranslation()
  return (
    <Section title={t('duplicates.histories')}>
      <div className={styles.histories}>
        <HistoryOf side={winner} />
        <HistoryOf side={loser} />
      </div>
    </Section>
  )
}

function HistoryOf({ side }: { side: PairSide }) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['duplicates', 'history', side.id],
    queryFn: ({ signal }) => loadHistory(side.id, '', undefined, signal),
  })
  return (
    <div>
      <h3 className={styles.historyOf}>{side.name}</h3>
      <QueryView query={query}>
        {(history) =>
          history.items.length === 0 ? (
            <p className="zk-muted">{t('duplicates.history_none')}</p>
          ) : (
            <ul className={styles.history}>
              {history.items.slice(0, entries).map((entry) => (
                <HistoryEntry key={`${entry.kind}-${entry.at}-${entry.text.key}`} entry={entry} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </div>
  )
}

// i18n-keys: timeline.text.*, record.field.*, customer.column.*
function HistoryEntry({ entry }: { entry: Entry }) {
  const { t, i18n } = useTranslation()
  const f = useFormat()
  const amount = entry.facts.find((fact) => fact.type === 'money')
  const change = (fact: Fact) => {
    // The number of a merge tells nobody anything.
    if (fact.key === 'merge') {
      return t(fact.text ? 'duplicates.history_merged' : 'duplicates.history_unmerged')
    }
    const label = ['record.field', 'customer.column']
      .map((at) => `${at}.${fact.key}`)
      .find((key) => i18n.exists(key))
    return `${label ? t(label) : fact.key.replace(/^f\./, '')} ${fact.before || '–'} → ${fact.text || '–'}`
  }
  const changes = entry.facts.filter((fact) => fact.type === 'change')
  return (
    <li>
      <time dateTime={new Date(entry.at).toISOString()}>{f.dateTime(entry.at)}</time>
      {t(entry.text.key, entry.text.params)}
      {entry.note?.subject ? ` · ${entry.note.subject}` : ''}
      {amount ? ` · ${f.money(amount.number)}` : ''}
      {changes.length > 0 && <div className="zk-muted">{changes.map(change).join(' · ')}</div>}
    </li>
  )
}
