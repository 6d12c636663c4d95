import { useQueryClient } from '@tanstack/react-query'
import { Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { perm } from '@/app/permissions'
import {
  Count,
  DateTime,
  Day,
  EmptyState,
  ErrorState,
  Facts,
  Grid,
  Percent,
  Section,
  StatCard,
  useFormat,
  useMe,
  useSay,
} from '@/kit'
import { type FullAudience, oneKey, patchAudience, useCount, useFresh, written } from '../api'
import { Checked, Moved, Said } from '../words'
import styles from './detail.module.css'
import { ProfileCharts } from './Profile'
import { SizeChart, useSizes } from './SizeChart'
import { UseList } from './UseList'

/** Whom it means in words and how many they are; size over time; profile; on the right its state. */
export function Overview({ audience }: { audience: FullAudience }) {
  const { t } = useTranslation()
  const me = useMe()
  const broken = audience.problem !== null
  const now = useCount(audience.id, !broken).data
  return (
    <>
      <Sentence audience={audience} />
      {broken ? <Broken audience={audience} /> : <Figures audience={audience} />}
      <div className={styles.layout}>
        <div className={styles.story}>
          {(audience.followed || audience.kind === 'dynamic') && (
            <SizeChart audience={audience} now={now} />
          )}
          {me.can(perm.customerView) && !broken && <ProfileCharts audience={audience} />}
        </div>
        <aside className={styles.aside} aria-label={t('audiences.aside')}>
          <Section title={t('audiences.state')} boxed>
            <State audience={audience} />
          </Section>
          <Section title={t('audiences.tab.uses')} boxed>
            <UseList id={audience.id} compact />
          </Section>
        </aside>
      </div>
    </>
  )
}

function Sentence({ audience }: { audience: FullAudience }) {
  const { t } = useTranslation()
  return (
    <div className={styles.saidBox}>
      <p className={styles.said}>
        {/* The description of a list stands in the head of the page. */}
        {audience.kind === 'static' ? t('audiences.by_hand') : <Said audience={audience} />}
      </p>
      {audience.problems.length > 0 && (
        <ul className={styles.problems} aria-label={t('audiences.problem')}>
          {audience.problems.map((p) => (
            <li key={`${p.path} ${p.code}`}>{p.message}</li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** In the place of figures where the rule cannot be evaluated: what holds until it is mended. */
function Broken({ audience }: { audience: FullAudience }) {
  const { t } = useTranslation()
  const f = useFormat()
  const me = useMe()
  const { size, evaluated_at: at } = audience
  return (
    <EmptyState
      compact
      title={t('audiences.broken')}
      text={
        size !== null && at !== null
          ? t('audiences.broken_kept', { count: size, shown: f.count(size), at: f.dateTime(at) })
          : t('audiences.broken_text')
      }
      action={
        me.can(perm.audienceEdit) && (
          <Link to={`/audiences/${audience.id}/edit`}>{t('audiences.edit')}</Link>
        )
      }
    />
  )
}

/** Members now, their share, and what a day changed. */
function Figures({ audience }: { audience: FullAudience }) {
  const { t } = useTranslation()
  const f = useFormat()
  const now = useCount(audience.id)
  const sizes = useSizes(audience)
  const last = sizes.data?.at(-1)
  const before = sizes.data?.at(-2)
  if (now.error && !now.data) {
    return <ErrorState compact error={now.error} onRetry={() => now.refetch()} />
  }
  const answer = now.data
  return (
    <Grid min={200} pair>
      <StatCard
        loading={!answer}
        label={t('audiences.members')}
        definition={t('audiences.members_hint')}
        value={<Count value={answer?.count} />}
        note={answer && <Checked at={answer.fresh_at} />}
      />
      <StatCard
        loading={!answer}
        label={t('audiences.share')}
        definition={t('audiences.share_hint')}
        value={<Percent share={answer && answer.total > 0 ? answer.count / answer.total : null} />}
        note={
          answer && t('audiences.of_all', { count: answer.total, shown: f.count(answer.total) })
        }
      />
      {audience.followed && (
        <StatCard
          loading={sizes.isPending}
          label={t('audiences.change')}
          definition={t('audiences.change_hint')}
          value={<Moved by={last && before ? last.size - before.size : null} />}
          note={
            last &&
            t('audiences.today_moved', {
              entered: f.count(last.entered),
              left: f.count(last.left),
            })
          }
        />
      )}
      <StatCard
        loading={!answer}
        label={t('audiences.as_of')}
        definition={t('audiences.as_of_hint')}
        value={<Day at={answer?.as_of} />}
        note={answer && t(`audiences.engine.${answer.engine}`, { ms: f.ms(answer.took_ms) })}
      />
    </Grid>
  )
}
// i18n-keys: audiences.engine.*

function State({ audience }: { audience: FullAudience }) {
  const { t } = useTranslation()
  const f = useFormat()
  const me = useMe()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const [busy, setBusy] = useState(false)
  const fresh = useFresh([audience.id], audience.followed).data?.get(audience.id)
  const follow = async (followed: boolean) => {
    setBusy(true)
    try {
      const saved = await patchAudience(audience.id, audience.version, { followed })
      client.setQueryData(oneKey(audience.id), saved)
      written(client)
      done(t(followed ? 'audiences.follows' : 'audiences.follows_not'))
    } catch (error) {
      fail(error)
      client.invalidateQueries({ queryKey: oneKey(audience.id) })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Facts
      items={[
        ...(audience.kind === 'dynamic'
          ? [
              {
                label: t('audiences.followed'),
                value: (
                  <span className={styles.follow}>
                    <Switch
                      size="small"
                      loading={busy}
                      checked={audience.followed}
                      disabled={!me.can(perm.audienceEdit) || audience.archived_at !== null}
                      aria-label={t('audiences.followed')}
                      onChange={follow}
                    />
                    <small className="zk-muted">{t('audiences.followed_hint')}</small>
                  </span>
                ),
              },
            ]
          : []),
        ...(audience.followed
          ? [
              {
                label: t('audiences.kept'),
                value: (
                  <span className={styles.follow}>
                    <Checked at={fresh?.fresh_at || audience.evaluated_at} />
                    {fresh !== undefined && fresh.lag_ms > 0 && (
                      <small className="zk-muted">
                        {t('audiences.lag', { time: f.duration(fresh.lag_ms) })}
                      </small>
                    )}
                  </span>
                ),
              },
            ]
          : []),
        { label: t('audiences.owner'), value: audience.owner.name || t('audiences.program') },
        ...(audience.kind === 'dynamic'
          ? [
              {
                label: t('audiences.conditions'),
                value: <Count value={audience.conditions} />,
              },
              {
                label: t('audiences.version'),
                value: (
                  <Link to={`/audiences/${audience.id}?tab=versions`}>
                    {t('audiences.version_n', { n: audience.version })}
                  </Link>
                ),
              },
            ]
          : []),
        { label: t('audiences.created'), value: <DateTime at={audience.created_at} /> },
        { label: t('audiences.updated'), value: <DateTime at={audience.updated_at} /> },
      ]}
    />
  )
}
