import { useQuery } from '@tanstack/react-query'
import { ArrowRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, ok } from '@/api/client'
import { pageExists } from '@/app/routes'
import {
  Bone,
  Count,
  Day,
  DetailDrawer,
  Facts,
  LevelTag,
  Money,
  QueryView,
  Section,
  StatusTag,
  useFormat,
} from '@/kit'
import type { Explanation } from '../api'
import { schemePath } from '../links'
import { useSchemeOf } from '../queries'
import { tonesOf } from '../report/figures'
import { Conditions } from './Conditions'
import { RfmClasses } from './RfmClasses'
import styles from './reason.module.css'
import { ScoreParts } from './ScoreParts'

/** Why a customer has its level: the rule and its figures, and what the next level lacks. */
export function ReasonDrawer({
  runId,
  customerId,
  name: known,
  onClose,
}: {
  runId: number
  customerId: number | null
  /** Shown until the answer is there. */
  name?: string
  onClose: () => void
}) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['tiering', 'reason', runId, customerId],
    enabled: customerId !== null,
    queryFn: ({ signal }) =>
      ok(
        api.GET('/tiering/runs/{id}/customers/{customer_id}', {
          params: { path: { id: runId, customer_id: customerId ?? 0 } },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  })
  // Whoever follows a link knows only the number.
  const name = query.data?.name || known
  return (
    <DetailDrawer
      open={customerId !== null}
      onClose={onClose}
      title={name ? t('tiers.reason.title_of', { name }) : t('tiers.reason.title')}
      extra={
        customerId !== null &&
        pageExists('/customers/:id') && (
          <Link to={`/customers/${customerId}`} className={styles.page}>
            {t('tiers.reason.customer')} <ArrowRight size={14} aria-hidden="true" />
          </Link>
        )
      }
    >
      <QueryView
        query={query}
        compact
        skeleton={
          <>
            <Bone width="40%" height={28} />
            <Bone width="100%" height={120} />
            <Bone width="100%" height={180} />
          </>
        }
      >
        {(e) => <Body e={e} />}
      </QueryView>
    </DetailDrawer>
  )
}

// i18n-keys: tiers.move.*
function Body({ e }: { e: Explanation }) {
  const { t } = useTranslation()
  const f = useFormat()
  const scheme = useSchemeOf(e).data?.scheme
  const tones = tonesOf(scheme?.levels ?? [])
  const measure = scheme?.measure ?? 'net'
  return (
    <>
      <div className={styles.top}>
        <div className={styles.level}>
          <LevelTag
            level={{ code: e.level, name: e.level_name, rank: e.rank }}
            tone={tones.get(e.level)}
          />
          <span className="zk-muted">
            {t('tiers.reason.rank', { rank: e.rank, levels: e.levels })}
          </span>
          {e.move !== 'same' && (
            <span>
              {t(`tiers.move.${e.move}`)}
              {e.previous_level &&
                e.move !== 'new' &&
                ` · ${t('tiers.move_from', { level: e.previous_level })}`}
            </span>
          )}
          {e.overdue && <StatusTag kind="warning">{t('tiers.move.overdue')}</StatusTag>}
        </div>
        <p className={styles.sentence}>{e.text}</p>
      </div>
      <Facts
        items={[
          {
            label: t(`tiers.metric.spend.${measure}`),
            value: <Money fen={e.spend_fen} />,
            key: 'spend',
          },
          { label: t('tiers.people.orders'), value: <Count value={e.orders} /> },
          {
            label: t('tiers.people.last'),
            value: (
              <>
                <Day at={e.last_day} />
                {e.days_since !== null && (
                  <span className="zk-muted">
                    {' '}
                    {t('tiers.people.days', { count: e.days_since, value: f.count(e.days_since) })}
                  </span>
                )}
              </>
            ),
          },
          {
            label: t('tiers.head.scheme'),
            value: (
              <Link to={schemePath(e.scheme)}>
                {t('tiers.reason.scheme', {
                  scheme: e.scheme_name,
                  version: e.scheme_version,
                  day: e.as_of,
                })}
              </Link>
            ),
          },
        ]}
      />
      {e.rule && (
        <Section title={t('tiers.reason.why')} note={t('tiers.reason.rule', { rule: e.rule.name })}>
          <Conditions rule={e.rule} measure={measure} />
        </Section>
      )}
      {e.method === 'score' && (
        <Section title={t('tiers.reason.score')}>
          <ScoreParts e={e} scheme={scheme} />
        </Section>
      )}
      {e.method === 'rfm' && (
        <Section title={t('tiers.reason.rfm')}>
          <RfmClasses e={e} scheme={scheme} />
        </Section>
      )}
      {(e.next_rule || e.why_not) && (
        <Section
          title={t('tiers.reason.why_not', {
            level: e.next_rule?.level_name ?? t('tiers.reason.next_level'),
          })}
          note={e.why_not}
        >
          {e.next_rule && <Conditions rule={e.next_rule} measure={measure} />}
        </Section>
      )}
      {e.advice && (
        <div className={styles.advice}>
          <b>{t('tiers.people.next')}</b>
          <p>{e.advice}</p>
        </div>
      )}
    </>
  )
}
