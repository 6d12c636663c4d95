import { ArrowRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Section } from '@/kit'
import styles from './overview.module.css'

// Where each kind of work is done. A code that is not here is shown without a link.
const places: Record<string, string> = {
  import_rejected: '/imports',
  import_failed: '/imports',
  job_failed: '/settings/jobs?state=failed',
  tier_run_missing: '/tiering/runs',
  tier_run_old: '/tiering/runs',
  check_failed: '/settings/system',
}

// i18n-keys: overview.todo.*
/** What waits for the person, each with its number and its place. */
export function Todos({ items }: { items: { code: string; count: number }[] }) {
  const { t, i18n } = useTranslation()
  const known = items.filter((x) => i18n.exists(`overview.todo.${x.code}`, { count: x.count }))
  if (known.length === 0) return null
  return (
    <Section title={t('overview.todos')}>
      <ul className={styles.todos}>
        {known.map((item) => {
          const text = t(`overview.todo.${item.code}`, { count: item.count })
          const to = places[item.code]
          return (
            <li key={item.code}>
              {to ? (
                <Link to={to}>
                  <span>{text}</span>
                  <ArrowRight size={16} aria-hidden="true" />
                </Link>
              ) : (
                <span>{text}</span>
              )}
            </li>
          )
        })}
      </ul>
    </Section>
  )
}
