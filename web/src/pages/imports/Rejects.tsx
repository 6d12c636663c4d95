import { Button, Select } from 'antd'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import {
  Count,
  DataTable,
  download,
  SimpleTable,
  useFormat,
  useIsPhone,
  useMe,
  useSay,
} from '@/kit'
import { type Import, listRejects, type Reject } from './api'
import styles from './imports.module.css'

type Reason = Import['reasons'][number]

/** Refused rows by reason, the most frequent first. */
export function Reasons({ of }: { of: Import }) {
  const { t } = useTranslation()
  const f = useFormat()
  if (of.reasons.length === 0) return null
  return (
    <SimpleTable<Reason>
      label={t('imports.reasons')}
      compact
      rows={of.reasons}
      rowKey={(r) => r.code}
      columns={[
        { key: 'text', title: t('imports.reason'), render: (r) => r.text },
        {
          key: 'rows',
          title: t('imports.rows'),
          align: 'right',
          width: 96,
          render: (r) => <Count value={r.rows} />,
        },
        {
          key: 'share',
          title: t('common.share'),
          align: 'right',
          width: 96,
          render: (r) => (
            <span className="zk-num">{of.rejected > 0 ? f.percent(r.rows / of.rejected) : ''}</span>
          ),
        },
      ]}
    />
  )
}

/** The refused rows themselves: line, column, value, reason; and the file to correct. */
export function Rejects({ of }: { of: Import }) {
  const { t } = useTranslation()
  const me = useMe()
  const phone = useIsPhone()
  const f = useFormat()
  const [code, setCode] = useState<string>()
  if (!me.can(perm.importRun)) return <p className="zk-muted">{t('imports.rejects.ask')}</p>
  return (
    <>
      {of.reasons.length > 1 && (
        <Select
          className={styles.field}
          aria-label={t('imports.rejects.reason')}
          placeholder={t('imports.rejects.all', { total: f.count(of.rejected) })}
          allowClear
          value={code}
          onChange={(next?: string) => setCode(next)}
          options={of.reasons.map((r) => ({
            value: r.code,
            label: `${r.text} (${f.count(r.rows)})`,
          }))}
        />
      )}
      <DataTable<Reject>
        key={code}
        id="import-rejects"
        label={t('imports.rejects')}
        local
        queryKey={['imports', 'rejects', of.id]}
        fixed={{ code }}
        load={(query, signal) => listRejects(of.id, query, signal)}
        rowKey={(r) => r.row_no}
        columns={[
          {
            key: 'line',
            title: t('import.error_line'),
            align: 'right',
            width: 88,
            render: (r) => (
              <span className="zk-num">{phone ? t('imports.line', { line: r.line }) : r.line}</span>
            ),
          },
          {
            key: 'column',
            title: t('import.error_column'),
            width: 160,
            render: (r) => r.column || <span className="zk-muted">{t('imports.whole_row')}</span>,
          },
          {
            key: 'value',
            title: t('import.error_value'),
            width: 200,
            render: (r) => (
              <span className={`zk-break ${styles.value}`}>
                {r.value || <span className="zk-muted">{t('imports.column.empty')}</span>}
              </span>
            ),
          },
          {
            key: 'reason',
            title: t('import.error_reason'),
            phone: 'wide',
            render: (r) => r.reason,
          },
        ]}
      />
    </>
  )
}

/** The refused rows as a file: corrected, it can be imported again. */
export function ErrorFile({ of }: { of: Import }) {
  const { t } = useTranslation()
  const { fail } = useSay()
  const me = useMe()
  const [busy, setBusy] = useState(false)
  if (!me.can(perm.importRun)) return null
  const run = async () => {
    setBusy(true)
    try {
      await download(`/imports/${of.id}/errors.csv`, {}, `${of.id}-errors.csv`)
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button loading={busy} icon={<Download size={15} />} onClick={run}>
      {t('imports.error_file')}
    </Button>
  )
}
