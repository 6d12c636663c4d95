import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type Column,
  Count,
  Day,
  LevelTag,
  Money,
  Section,
  SimpleTable,
  useFormat,
  useIsPhone,
} from '@/kit'
import type { KeyCustomer, Summary } from '../api'
import { tonesOf } from './figures'
import styles from './people.module.css'

const firstRows = 10

/** Customers by name: why each is here, and what to do next. */
export function People({
  title,
  note,
  extra,
  empty,
  people,
  summary,
  fell,
  onOpen,
}: {
  title: string
  note: string
  extra?: React.ReactNode
  empty: string
  people: KeyCustomer[]
  summary: Summary
  /** Shows the level they came from. */
  fell?: boolean
  onOpen: (id: number) => void
}) {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const [all, setAll] = useState(false)
  const rows = all ? people : people.slice(0, firstRows)
  const props = { rows, summary, fell, title, onOpen }
  return (
    <Section title={title} note={note} extra={extra}>
      {people.length === 0 ? (
        <p className={styles.nobody}>{empty}</p>
      ) : phone ? (
        <PeopleCards {...props} />
      ) : (
        <PeopleTable {...props} />
      )}
      {people.length > firstRows && (
        <div className="zk-noprint">
          <Button type="text" onClick={() => setAll(!all)} aria-expanded={all}>
            {all ? t('common.less') : t('tiers.people.all', { count: people.length })}
          </Button>
        </div>
      )}
    </Section>
  )
}

interface ListProps {
  rows: KeyCustomer[]
  summary: Summary
  fell?: boolean
  title: string
  onOpen: (id: number) => void
}

function Levels({ person, summary }: { person: KeyCustomer; summary: Summary }) {
  const tones = tonesOf(summary.levels)
  const at = summary.levels.findIndex((l) => l.code === person.level)
  const moved = person.previous_level && person.previous_level !== person.level
  return (
    <span className={styles.personLevel}>
      {moved && (
        <>
          <span className={styles.was}>{person.previous_level_name}</span>
          <span aria-hidden="true">→</span>
        </>
      )}
      <LevelTag
        level={{ code: person.level, name: person.level_name, rank: at + 1 }}
        tone={tones.get(person.level)}
      />
    </span>
  )
}

function PeopleTable({ rows, summary, fell, title, onOpen }: ListProps) {
  const { t } = useTranslation()
  const f = useFormat()
  const columns: Column<KeyCustomer>[] = [
    { key: 'name', title: t('common.customer'), render: (p) => p.name },
    {
      key: 'level',
      title: fell ? t('tiers.people.change') : t('tiers.level'),
      render: (p) => <Levels person={p} summary={summary} />,
    },
    {
      key: 'spend',
      title: t(`tiers.metric.spend.${summary.scheme.measure}`),
      align: 'right',
      render: (p) => <Money fen={p.spend_fen} />,
    },
    {
      key: 'orders',
      title: t('tiers.people.orders'),
      align: 'right',
      render: (p) => <Count value={p.orders} />,
    },
    {
      key: 'last',
      title: t('tiers.people.last'),
      render: (p) => (
        <span className={styles.last}>
          <Day at={p.last_day} />
          {p.days_since !== null && (
            <small>
              {t('tiers.people.days', { count: p.days_since, value: f.count(p.days_since) })}
            </small>
          )}
        </span>
      ),
    },
    {
      key: 'reason',
      title: t('tiers.people.why'),
      render: (p) => <div className={styles.words}>{p.reason}</div>,
    },
    {
      key: 'next',
      title: t('tiers.people.next'),
      render: (p) => <div className={styles.words}>{p.next_step}</div>,
    },
  ]
  return (
    <SimpleTable<KeyCustomer>
      label={title}
      rows={rows}
      rowKey={(p) => p.id}
      columns={columns}
      onOpen={(p) => onOpen(p.id)}
    />
  )
}

function PeopleCards({ rows, summary, title, onOpen }: ListProps) {
  const { t } = useTranslation()
  const f = useFormat()
  return (
    <ul className={styles.people} aria-label={title}>
      {rows.map((p) => (
        <li key={p.id}>
          <div className={styles.personHead}>
            <button type="button" onClick={() => onOpen(p.id)}>
              {p.name}
            </button>
            <Levels person={p} summary={summary} />
          </div>
          <div className={styles.personFacts}>
            <Money fen={p.spend_fen} />
            <span>{t('tiers.value.orders', { count: p.orders, value: f.count(p.orders) })}</span>
            <span>
              <Day at={p.last_day} />
            </span>
          </div>
          <p>{p.reason}</p>
          <p className={styles.nextStep}>
            <b>{t('tiers.people.next')}</b> {p.next_step}
          </p>
        </li>
      ))}
    </ul>
  )
}
