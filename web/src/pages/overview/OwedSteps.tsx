import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { perm } from '@/app/permissions'
import { Section, useMe } from '@/kit'
import { key, loadOwed } from '../lifecycle/api'
import { Until } from '../lifecycle/steps/DueBy'
import styles from './overview.module.css'

/** The first steps of stage tools that I owe to customers; nothing owed is nothing shown. */
export function OwedSteps() {
  const { t } = useTranslation()
  const me = useMe()
  const { data } = useQuery({
    queryKey: [...key, 'steps', 'mine', 'first'],
    enabled: me.can(perm.lifecycleView) && me.can(perm.customerView),
    queryFn: ({ signal }) => loadOwed({ limit: 5 }, signal),
    refetchInterval: 5 * 60_000,
  })
  if (!data?.items?.length) return null
  return (
    <Section
      title={t('steps.title')}
      note={t('steps.counts', { open: data.open, overdue: data.overdue })}
      extra={<Link to="/steps">{t('steps.rest')}</Link>}
    >
      <ul className={styles.steps}>
        {data.items.map((o) => (
          <li key={`${o.task_id} ${o.item}`}>
            <span>{o.text}</span>
            <span className={styles.stepAbout}>
              <Link to={`/customers/${o.customer_id}?task=${o.task_id}`}>
                {o.customer_name || t('customers.nameless', { id: o.customer_id })}
              </Link>
              <Until owed={o} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
