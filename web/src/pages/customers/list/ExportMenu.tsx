import { Button, Form, Modal, Segmented, Select } from 'antd'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { download, EmptyState, ErrorState, JobProgress, useFormat, useMe, useSay } from '@/kit'
import { type ExportBody, type ExportRun, startExport, useExport } from './api'
import styles from './list.module.css'

/** Layouts of other systems, as the server names them; "" are the list's own columns. */
const layouts = [
  '',
  'fxiaoke_accounts',
  'fxiaoke_contacts',
  'zoho_accounts',
  'zoho_contacts',
] as const
type Layout = (typeof layouts)[number]

/** Makes a file of the list in the background, and hands it over when it is ready. */
export function ExportMenu({ body }: { body: ExportBody }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        type="text"
        icon={<Download size={16} />}
        aria-label={t('common.export')}
        title={t('common.export')}
        onClick={() => setOpen(true)}
      />
      {open && <ExportDialog body={body} onClose={() => setOpen(false)} />}
    </>
  )
}

function ExportDialog({ body, onClose }: { body: ExportBody; onClose: () => void }) {
  const { t } = useTranslation()
  const [run, setRun] = useState<number | null>(null)
  return (
    <Modal open title={t('ui_list.export.title')} footer={null} onCancel={onClose}>
      {run === null ? <Choice body={body} onStarted={setRun} /> : <Making id={run} />}
    </Modal>
  )
}

// i18n-keys: ui_list.export.layout.*, ui_list.export.holds_*
/** Which columns and which format; what the file holds is said before it is made. */
function Choice({ body, onStarted }: { body: ExportBody; onStarted: (id: number) => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const { fail } = useSay()
  const [layout, setLayout] = useState<Layout>('')
  const [format, setFormat] = useState<'xlsx' | 'csv'>('xlsx')
  const [busy, setBusy] = useState(false)
  const start = async () => {
    setBusy(true)
    try {
      const columns = layout ? undefined : body.columns
      onStarted((await startExport({ ...body, columns, format, layout })).id)
    } catch (error) {
      fail(error)
      setBusy(false)
    }
  }
  const holds = layout ? layout.split('_')[1] : 'all'
  return (
    <Form layout="vertical" onFinish={start}>
      <Form.Item
        label={t('ui_list.export.layout')}
        htmlFor="export-layout"
        extra={t(`ui_list.export.holds_${holds}`)}
      >
        <Select<Layout>
          id="export-layout"
          value={layout}
          onChange={setLayout}
          options={layouts.map((value) => ({
            value,
            label: t(`ui_list.export.layout.${value || 'own'}`),
          }))}
        />
      </Form.Item>
      <Form.Item label={t('ui_list.export.format')}>
        <Segmented
          aria-label={t('ui_list.export.format')}
          value={format}
          onChange={setFormat}
          options={[
            { value: 'xlsx', label: t('common.export_xlsx') },
            { value: 'csv', label: t('common.export_csv') },
          ]}
        />
      </Form.Item>
      <p className="zk-muted">
        {t(me.can(perm.customerReveal) ? 'ui_list.export.clear' : 'ui_list.export.masked')}
      </p>
      <Button type="primary" htmlType="submit" loading={busy} icon={<Download size={16} />}>
        {t('ui_list.export.start')}
      </Button>
    </Form>
  )
}

function Making({ id }: { id: number }) {
  const query = useExport(id)
  const run = query.data
  return (
    <>
      {query.error && !run && (
        <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
      )}
      {run && <Outcome run={run} onDone={() => query.refetch()} />}
    </>
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
