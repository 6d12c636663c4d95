import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Bones, EmptyState, ErrorState } from '@/kit'
import { type Use, useUses } from '../api'
import styles from './detail.module.css'

const places: Record<string, (id: number) => string> = {
  audience: (id) => `/audiences/${id}`,
  view: (id) => `/customers?view=${id}`,
}

// i18n-keys: audiences.uses.kind.*
/** What names an audience, with the way there. */
export function UseList({ id, compact }: { id: number; compact?: boolean }) {
  const { t, i18n } = useTranslation()
  const query = useUses(id)
  const uses = query.data
  if (query.error && !uses) {
    return <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
  }
  if (!uses) return <Bones rows={2} />
  if (uses.length === 0) {
    return compact ? (
      <p className="zk-muted">{t('audiences.uses.none')}</p>
    ) : (
      <EmptyState compact title={t('audiences.uses.none')} text={t('audiences.uses.none_text')} />
    )
  }
  const kind = (use: Use) => {
    const key = `audiences.uses.kind.${use.kind}`
    return i18n.exists(key) ? t(key) : use.kind
  }
  return (
    <ul className={styles.uses}>
      {uses.map((use, i) => {
        const to = use.id > 0 ? places[use.kind]?.(use.id) : undefined
        const name = use.name || t('audiences.uses.unseen')
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: what may not be seen has no identity
          <li key={`${use.kind} ${use.id} ${i}`}>
            <span className="zk-muted">{kind(use)}</span>
            {to ? <Link to={to}>{name}</Link> : <span>{name}</span>}
            {use.by && <span className={styles.feedEnd}>{use.by}</span>}
          </li>
        )
      })}
    </ul>
  )
}
