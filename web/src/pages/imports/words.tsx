import { useTranslation } from 'react-i18next'
import { type StatusKind, StatusTag, useMe } from '@/kit'
import type { Import, Status } from './api'

const tags: Record<Status, StatusKind> = {
  waiting: 'neutral',
  checking: 'running',
  running: 'running',
  finishing: 'running',
  finished: 'success',
  failed: 'danger',
  cancelling: 'warning',
  cancelled: 'neutral',
}

// i18n-keys: import.status.*
export function ImportState({ status }: { status: Status }) {
  const { t } = useTranslation()
  return <StatusTag kind={tags[status]}>{t(`import.status.${status}`)}</StatusTag>
}

/** Who began an import: a colleague, or somebody at the command line of the server. */
export function useWho() {
  const { t } = useTranslation()
  const me = useMe()
  return (x: Import): string | null => {
    if (x.created_by_name) return x.created_by_name
    if (x.created_by === 0) return t('imports.who.cli')
    return x.created_by === me.staff.id ? me.staff.name : null
  }
}
