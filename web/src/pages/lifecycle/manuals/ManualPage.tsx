import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { BadgeCheck, Download, FileText, Printer, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { downloadUrl } from '@/api/client'
import { perm } from '@/app/permissions'
import {
  Can,
  DateTime,
  DocumentContents,
  DocumentSections,
  download,
  Facts,
  FormDrawer,
  Page,
  PageHeader,
  QueryView,
  StatusTag,
  useSay,
} from '@/kit'
import { key } from '../api'
import { approveManual, type Manual, type ManualKind, useManual, withdrawManual } from './api'
import styles from './manuals.module.css'

// i18n-keys: manuals.handbook.* manuals.sop.*

/** Handbook or SOP of the lifecycle: read, kept as a file, approved. */
export function ManualPage({ kind }: { kind: ManualKind }) {
  const { t } = useTranslation()
  const [params] = useSearchParams()
  const version = Number(params.get('version')) || 0
  const query = useManual(kind, version)
  return (
    <Page>
      <PageHeader
        title={t(`manuals.${kind}.title`)}
        purpose={t(`manuals.${kind}.purpose`)}
        trail={[{ label: t('lifecycles.title'), to: '/lifecycle' }]}
        badge={query.data && <State manual={query.data} />}
        actions={query.data && <Actions manual={query.data} />}
      />
      <QueryView query={query}>{(manual) => <Body manual={manual} />}</QueryView>
    </Page>
  )
}

function State({ manual }: { manual: Manual }) {
  const { t } = useTranslation()
  if (!manual.in_force) return <StatusTag kind="neutral">{t('manuals.old')}</StatusTag>
  return manual.approval ? (
    <StatusTag kind="success">{t('manuals.approved')}</StatusTag>
  ) : (
    <StatusTag kind="warning">
      {t(manual.withdrawals?.length ? 'manuals.withdrawn' : 'manuals.draft')}
    </StatusTag>
  )
}

function Actions({ manual }: { manual: Manual }) {
  const { t } = useTranslation()
  const { fail } = useSay()
  const [busy, setBusy] = useState('')
  const [asking, setAsking] = useState(false)
  const path = `/lifecycle/${manual.kind}`
  const query = { version: String(manual.version) }
  const file = async (ext: string) => {
    setBusy(ext)
    try {
      await download(`${path}.${ext}`, query, `lifecycle-${manual.kind}-v${manual.version}.${ext}`)
    } catch (error) {
      fail(error)
    } finally {
      setBusy('')
    }
  }
  return (
    <>
      <Button
        icon={<Printer size={16} />}
        href={downloadUrl(`${path}.html`, query)}
        target="_blank"
        rel="noopener"
      >
        {t('common.print')}
      </Button>
      <Button icon={<Download size={16} />} loading={busy === 'xlsx'} onClick={() => file('xlsx')}>
        {t('common.export_xlsx')}
      </Button>
      <Button icon={<FileText size={16} />} loading={busy === 'docx'} onClick={() => file('docx')}>
        {t('manuals.export_docx')}
      </Button>
      {manual.in_force && manual.version > 0 && !manual.approval && (
        <Can permission={perm.lifecycleApprove}>
          <Button type="primary" icon={<BadgeCheck size={16} />} onClick={() => setAsking(true)}>
            {t('manuals.approve')}
          </Button>
          <Approve manual={manual} open={asking} onClose={() => setAsking(false)} />
        </Can>
      )}
      {manual.approval && (
        <Can permission={perm.lifecycleApprove}>
          <Button icon={<Undo2 size={16} />} onClick={() => setAsking(true)}>
            {t('manuals.withdraw')}
          </Button>
          <Withdraw manual={manual} open={asking} onClose={() => setAsking(false)} />
        </Can>
      )}
    </>
  )
}

interface Asking {
  manual: Manual
  open: boolean
  onClose: () => void
}

function Approve({ manual, open, onClose }: Asking) {
  const { t } = useTranslation()
  const { done } = useSay()
  const client = useQueryClient()
  const submit = async (values: { note?: string }) => {
    await approveManual(manual.kind, manual.version, values.note ?? '')
    await client.invalidateQueries({ queryKey: key })
    onClose()
    done(t('manuals.approve.done', { version: manual.version }))
  }
  return (
    <FormDrawer<{ note?: string }>
      open={open}
      onClose={onClose}
      title={t('manuals.approve.title', { version: manual.version })}
      submitText={t('manuals.approve')}
      initial={{ note: '' }}
      onSubmit={submit}
      onReload={() => client.invalidateQueries({ queryKey: key })}
    >
      <p>{t('manuals.approve.text')}</p>
      {(manual.gaps ?? []).length > 0 && (
        <Alert type="warning" showIcon title={t('manuals.approve.gaps')} />
      )}
      <Form.Item name="note" label={t('manuals.approve.note')}>
        <Input.TextArea rows={3} maxLength={500} />
      </Form.Item>
    </FormDrawer>
  )
}

function Withdraw({ manual, open, onClose }: Asking) {
  const { t } = useTranslation()
  const { done } = useSay()
  const client = useQueryClient()
  const submit = async ({ reason }: { reason: string }) => {
    await withdrawManual(manual.kind, manual.version, reason)
    await client.invalidateQueries({ queryKey: key })
    onClose()
    done(t('manuals.withdraw.done', { version: manual.version }))
  }
  return (
    <FormDrawer<{ reason: string }>
      open={open}
      onClose={onClose}
      title={t('manuals.withdraw.title', { version: manual.version })}
      submitText={t('manuals.withdraw')}
      initial={{ reason: '' }}
      onSubmit={submit}
      onReload={() => client.invalidateQueries({ queryKey: key })}
    >
      <p>{t('manuals.withdraw.text')}</p>
      <Form.Item
        name="reason"
        label={t('manuals.withdraw.reason')}
        rules={[{ required: true, whitespace: true, message: t('manuals.withdraw.missing') }]}
      >
        <Input.TextArea rows={3} maxLength={500} />
      </Form.Item>
    </FormDrawer>
  )
}

function Body({ manual }: { manual: Manual }) {
  const { t } = useTranslation()
  const { view, approval } = manual
  const sections = view.sections ?? []
  return (
    <div className={styles.frame}>
      <div className={styles.side}>
        <DocumentContents label={t('manuals.contents')} sections={sections} />
      </div>
      <article className={styles.paper}>
        <Facts items={(view.facts ?? []).map((x) => ({ label: x.term, value: x.text }))} />
        {approval && (
          <Alert
            type="success"
            showIcon
            title={t('manuals.approved_by', { name: approval.by_name || t('manuals.program') })}
            description={
              <>
                <DateTime at={approval.at} />
                {approval.note && <div>{approval.note}</div>}
              </>
            }
          />
        )}
        {!approval &&
          manual.withdrawals?.map((w) => (
            <Alert
              key={w.at}
              type="warning"
              showIcon
              title={t('manuals.withdrawn_by', {
                name: w.by_name || t('manuals.program'),
                approver: w.approval.by_name || t('manuals.program'),
              })}
              description={
                <>
                  <DateTime at={w.at} />
                  <div>{w.reason}</div>
                </>
              }
            />
          ))}
        <DocumentSections sections={sections} />
      </article>
    </div>
  )
}
