import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Checkbox } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { perm } from '@/app/permissions'
import { Day, ErrorState, Section, StatusTag, useMe, useSay } from '@/kit'
import { finishStep, loadSteps, type StepItem } from '../customers/timeline/api'
import styles from './overview.module.css'

const shown = 8

/** What I promised to customers and is due: overdue first. Nothing due is nothing shown. */
export function MySteps() {
  const { t } = useTranslation()
  const me = useMe()
  const query = useQuery({
    queryKey: ['notes', 'steps', 'due'],
    enabled: me.can(perm.customerView),
    queryFn: ({ signal }) => loadSteps('due', shown, signal),
    refetchInterval: 5 * 60_000,
  })
  if (query.error && !query.data) {
    return (
      <Section title={t('note.steps.title')}>
        <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
      </Section>
    )
  }
  const data = query.data
  if (!data || data.items.length === 0) return null
  const rest = data.overdue + data.due_today - data.items.length
  return (
    <Section
      title={t('note.steps.title')}
      note={t('note.steps.note', { overdue: data.overdue, today: data.due_today })}
    >
      <ul className={styles.steps}>
        {data.items.map((item) => (
          <StepRow key={item.note_id} item={item} />
        ))}
      </ul>
      {rest > 0 && <p className="zk-muted">{t('note.steps.rest', { count: rest })}</p>}
    </Section>
  )
}

function StepRow({ item }: { item: StepItem }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const [busy, setBusy] = useState(false)
  const mark = async (next: boolean) => {
    await finishStep(item.note_id, next)
    await Promise.all([
      client.invalidateQueries({ queryKey: ['notes', 'steps'] }),
      client.invalidateQueries({ queryKey: ['customers', 'timeline', item.customer_id] }),
    ])
  }
  const finish = async () => {
    setBusy(true)
    try {
      await mark(true)
      done(t('note.steps.done'), () => mark(false))
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <li>
      <Checkbox checked={busy} disabled={busy} onChange={finish}>
        {item.text}
      </Checkbox>
      <span className={styles.stepAbout}>
        <Link to={`/customers/${item.customer_id}?tab=timeline`}>
          {item.customer_name || t('customers.nameless', { id: item.customer_id })}
        </Link>
        <Day at={item.due} />
        {item.overdue && <StatusTag kind="warning">{t('note.steps.overdue')}</StatusTag>}
      </span>
    </li>
  )
}
