import { CopyCheck, ShieldAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { perm } from '@/app/permissions'
import { ErrorState, LinkButton, Section, useFormat, useMe } from '@/kit'
import { usePairsOf, useVerdict } from './api'
import styles from './record.module.css'

// i18n-keys: quality.rule.*
/** What the rules find wrong with a customer, and whom it may be twice; nothing where all is well. */
export function Clean({ id }: { id: number }) {
  const { t, i18n } = useTranslation()
  const f = useFormat()
  const me = useMe()
  const merges = me.can(perm.customerMerge)
  const manages = me.can(perm.qualityView)
  const verdict = useVerdict(id, manages)
  const pairs = usePairsOf(id, merges)
  const issues = verdict.data?.issues ?? []
  const twice = pairs.data ?? []
  if (verdict.error && !verdict.data) {
    return (
      <Section boxed title={t('record.clean.title')}>
        <ErrorState compact error={verdict.error} onRetry={() => verdict.refetch()} />
      </Section>
    )
  }
  if (issues.length === 0 && twice.length === 0) return null
  return (
    <Section
      boxed
      title={t('record.clean.title')}
      note={
        verdict.data && verdict.data.score !== null
          ? t('record.clean.score', { score: f.count(verdict.data.score) })
          : undefined
      }
    >
      <ul className={styles.clean}>
        {twice.map((pair) => {
          const other = pair.a.id === id ? pair.b : pair.a
          return (
            <li key={`pair-${pair.id}`}>
              <CopyCheck size={16} aria-hidden="true" />
              <span>
                {t('record.clean.maybe')}{' '}
                {other.card ? (
                  <Link to={`/customers/${other.card.id}`}>{other.name}</Link>
                ) : (
                  other.name
                )}{' '}
                <span className="zk-muted zk-num">{f.percent(pair.score)}</span>
              </span>
            </li>
          )
        })}
        {issues.map((code) => {
          const key = `quality.rule.${code}`
          const text = i18n.exists(key) ? t(key) : code
          return (
            <li key={code}>
              <ShieldAlert size={16} aria-hidden="true" />
              <Link to={`/quality?rule=${code}`}>{text}</Link>
            </li>
          )
        })}
      </ul>
      {twice.length > 0 && (
        <LinkButton size="small" to="/duplicates">
          {t('record.clean.decide')}
        </LinkButton>
      )}
    </Section>
  )
}
