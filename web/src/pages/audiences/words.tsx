import { Tooltip } from 'antd'
import { ListChecks, Workflow } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { dash, type Instant, StatusTag, useFormat } from '@/kit'
import type { Audience, Kind } from './api'
import styles from './audiences.module.css'

// i18n-keys: audiences.kind.*
/** Whether members come from a rule or are kept by hand. */
export function KindTag({ kind }: { kind: Kind }) {
  const { t } = useTranslation()
  const Icon = kind === 'dynamic' ? Workflow : ListChecks
  return (
    <span className={styles.kind}>
      <Icon size={14} aria-hidden="true" />
      {t(`audiences.kind.${kind}`)}
    </span>
  )
}

/** What is wrong, or that it is out of use; nothing where all is well. */
export function StateTags({ audience }: { audience: Audience }) {
  const { t } = useTranslation()
  return (
    <>
      {audience.archived_at !== null && (
        <StatusTag kind="neutral">{t('audiences.archived')}</StatusTag>
      )}
      {audience.problem && (
        <Tooltip title={audience.problem.message}>
          <button type="button" className={styles.bare} aria-label={audience.problem.message}>
            <StatusTag kind="danger">{t('audiences.problem')}</StatusTag>
          </button>
        </Tooltip>
      )}
    </>
  )
}

/** "2 秒前核对": how long ago members were looked at, with the exact time on hover. */
export function Checked({ at }: { at: Instant | null }) {
  const { t } = useTranslation()
  const f = useFormat()
  if (!at) return <span className="zk-muted">{t('audiences.not_checked')}</span>
  return (
    <Tooltip title={f.dateTime(at)}>
      <time className={`zk-muted ${styles.checked}`} dateTime={new Date(at).toISOString()}>
        {t('audiences.checked', { ago: ago(Number(at), Date.now(), f.relative, t) })}
      </time>
    </Tooltip>
  )
}

type Say = (key: string, params?: Record<string, unknown>) => string

/** Seconds count here: "30 秒前" where other pages say "now"; a handful of them only flickers. */
export function ago(
  at: number,
  now: number,
  relative: (at: number, now: number) => string,
  t: Say,
): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  if (seconds < 10) return t('audiences.just_now')
  if (seconds < 60) return t('audiences.seconds_ago', { count: seconds })
  return relative(at, now)
}

/** How many came or went: "+12", "−3". */
export function Moved({ by }: { by: number | null | undefined }) {
  const f = useFormat()
  if (by === null || by === undefined) return <span className="zk-muted">{dash}</span>
  return (
    <span className="zk-num">{by > 0 ? `+${f.count(by)}` : by < 0 ? `−${f.count(-by)}` : '0'}</span>
  )
}

/** The rule in words; how many conditions it has where there are no words for it. */
export function Said({ audience }: { audience: Audience }) {
  const { t } = useTranslation()
  if (audience.kind === 'static') return audience.description || t('audiences.by_hand')
  if (audience.sentence) return audience.sentence
  return audience.conditions > 0
    ? t('audiences.conditions_n', { count: audience.conditions })
    : t('audiences.everybody')
}
