import { Alert, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Import } from './api'

/** How an import ended, in one line; why, where it failed; the way to what was refused. */
export function Outcome({ of, onRejects }: { of: Import; onRejects?: () => void }) {
  const { t } = useTranslation()
  if (of.status === 'failed') {
    return (
      <Alert
        type="error"
        showIcon
        role="alert"
        title={t('imports.ended.failed')}
        description={
          <>
            {of.error_detail ?? t('ui.error.internal_text')}
            <div>{t(of.accepted > 0 ? 'imports.ended.kept' : 'imports.ended.nothing')}</div>
            {of.error_code && (
              <div className="zk-muted">{t('common.error_code', { code: of.error_code })}</div>
            )}
          </>
        }
      />
    )
  }
  if (of.status === 'cancelled') {
    return (
      <Alert
        type="warning"
        showIcon
        title={t('imports.ended.cancelled')}
        description={of.error_detail || t('imports.ended.cancelled_text')}
      />
    )
  }
  const key = of.dry_run
    ? of.rejected > 0
      ? 'imports.ended.tried_rejected'
      : 'imports.ended.tried'
    : of.rejected > 0
      ? of.accepted > 0
        ? 'imports.ended.rejected'
        : 'imports.ended.rejected_only'
      : of.accepted === 0
        ? 'imports.ended.unchanged'
        : 'imports.ended.finished'
  return (
    <Alert
      type={of.rejected > 0 ? 'warning' : 'success'}
      showIcon
      role="status"
      // i18n-keys: imports.ended.*
      title={t(key, { count: of.rejected })}
      description={of.counts.approximate ? t('imports.ended.approximate') : undefined}
      action={
        onRejects &&
        of.rejected > 0 && (
          <Button size="small" onClick={onRejects}>
            {t('imports.rejects.show')}
          </Button>
        )
      }
    />
  )
}
