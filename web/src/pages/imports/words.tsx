import { useTranslation } from 'react-i18next'
import { type StatusKind, StatusTag } from '@/kit'
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

/** Source of files whose source was not named; the code is fixed, the name is ours. */
export function useSourceName() {
  const { t } = useTranslation()
  return ({ code, name }: { code: string; name: string }) =>
    code === 'default' && name === 'default' ? t('imports.source.default') : name
}

export const sourceOf = (x: Import) => ({ code: x.source_code, name: x.source_name })
