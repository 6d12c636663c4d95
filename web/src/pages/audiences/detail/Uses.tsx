import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Bones, EmptyState, ErrorState, Section } from '@/kit'
import { type FullAudience, type Use, useUses } from '../api'
import styles from '../audiences.module.css'

/** What names the audience. */
export default function Uses({ audience }: { audience: FullAudience }) {
  const { t } = useTranslation()
  return (
    <Section title={t('audiences.tab.uses')} note={t('audiences.uses.note')}>
      <UseList id={audience.id} />
    </Section>
  )
}

const places: Record<string, (id: number) => string> = {
  audience: (id) => `/audiences/${id}`,
  view: (id) => `/customers?view=${id}`,
}

// i18n-keys: audiences.uses.kind.*
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
