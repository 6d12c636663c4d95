import { Button, Dropdown, Modal } from 'antd'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { download, EmptyState, ErrorState, JobProgress, useFormat, useSay } from '@/kit'
import { type ExportBody, type ExportRun, startExport, useExport } from './api'
import styles from './list.module.css'

/** Makes a file of the list in the background, and hands it over when it is ready. */
export function ExportMenu({ body }: { body: ExportBody }) {
  const { t } = useTranslation()
  const { fail } = useSay()
  const [busy, setBusy] = useState(false)
  const [run, setRun] = useState<number | null>(null)
  const start = async (format: string) => {
    setBusy(true)
    try {
      const made = await startExport({ ...body, format: format as 'csv' | 'xlsx' })
      setRun(made.id)
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'xlsx', label: t('common.export_xlsx') },
            { key: 'csv', label: t('common.export_csv') },
          ],
          onClick: ({ key }) => start(key),
        }}
      >
        <Button
          type="text"
          loading={busy}
          icon={<Download size={16} />}
          aria-label={t('common.export')}
          title={t('common.export')}
        />
      </Dropdown>
      {run !== null && <ExportDialog id={run} onClose={() => setRun(null)} />}
    </>
  )
}

function ExportDialog({ id, onClose }: { id: number; onClose: () => void }) {
  const { t } = useTranslation()
  const query = useExport(id)
  const run = query.data
  return (
    <Modal open title={t('ui_list.export.title')} footer={null} onCancel={onClose}>
      {query.error && !run && (
        <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
      )}
      {run && <Outcome run={run} onDone={() => query.refetch()} />}
    </Modal>
  )
}

// i18n-keys: errors.*
function Outcome({ run, onDone }: { run: ExportRun; onDone: () => void }) {
  const { t, i18n } = useTranslation()
  const f = useFormat()
  const { fail } = useSay()
  if (run.status === 'finished') {
    return (
      <div className={styles.ready}>
        <p>
          {t('ui_list.export.ready', { rows: f.count(run.rows), size: f.bytes(run.file_size) })}
        </p>
        <Button
          type="primary"
          icon={<Download size={16} />}
          onClick={() =>
            download(
              `/customers/exports/${run.id}/file`,
              {},
              run.file_name || `export.${run.format}`,
            ).catch(fail)
          }
        >
          {t('common.download')}
        </Button>
        <p className="zk-muted">{t('ui_list.export.until', { at: f.dateTime(run.expires_at) })}</p>
      </div>
    )
  }
  if (run.status === 'failed' || run.status === 'cancelled') {
    const key = `errors.${run.error_code}`
    return (
      <EmptyState
        compact
        title={t(run.status === 'failed' ? 'ui_list.export.failed' : 'ui_list.export.cancelled')}
        text={run.error_code && i18n.exists(key) ? t(key) : undefined}
      />
    )
  }
  return run.job_id === null ? null : (
    <JobProgress id={run.job_id} title={t('ui_list.export.making')} onDone={onDone} />
  )
}
