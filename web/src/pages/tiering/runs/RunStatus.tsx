import { useTranslation } from 'react-i18next'
import { type StatusKind, StatusTag, useMe } from '@/kit'
import type { Run, RunStatus as Status } from '../api'

const kinds: Record<Status, StatusKind> = {
  waiting: 'neutral',
  running: 'running',
  finished: 'success',
  failed: 'danger',
  cancelled: 'neutral',
}

// i18n-keys: tiers.run.status.*
export function RunStatus({ status }: { status: Status }) {
  const { t } = useTranslation()
  return <StatusTag kind={kinds[status]}>{t(`tiers.run.status.${status}`)}</StatusTag>
}

/** Who started a run or wrote a version; 0 is the program itself. */
export function Author({ of }: { of: Pick<Run, 'created_by' | 'created_by_name'> }) {
  const { t } = useTranslation()
  const me = useMe()
  if (of.created_by_name) return of.created_by_name
  if (of.created_by === 0) return t('tiers.by_program')
  if (of.created_by === me.staff.id) return me.staff.name
  return t('tiers.by_staff', { id: of.created_by })
}

/** ms that a run took, or has taken so far; null before it began. */
export function duration(run: Run, now = Date.now()): number | null {
  if (run.started_at === 0) return null
  return (run.finished_at || now) - run.started_at
}
