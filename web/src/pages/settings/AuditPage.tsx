import { useMutation } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { AuditEntry } from '@/api/types'
import {
  DataTable,
  DateTime,
  DetailDrawer,
  Facts,
  Page,
  PageHeader,
  Section,
  SimpleTable,
  useActorName,
  useFormat,
  useSay,
} from '@/kit'
import { type Difference, differences } from './diff'

// i18n-keys: audit.action.*, audit.object.*, audit.reason.*
function useWords() {
  const { t, i18n } = useTranslation()
  return (prefix: 'audit.action' | 'audit.object', word: string) =>
    i18n.exists(`${prefix}.${word}`) ? t(`${prefix}.${word}`) : word
}

/** The address a change came from; work that goes on after the request has none. */
function From({ ip }: { ip: string }) {
  const { t } = useTranslation()
  return ip === 'job' ? t('audit.ip_job') : <span className="zk-mono">{ip}</span>
}

/** Who did what, when, from where; and whether the chain is whole. */
export default function AuditPage() {
  const { t } = useTranslation()
  const actor = useActorName()
  const f = useFormat()
  const words = useWords()
  const { fail } = useSay()
  const [open, setOpen] = useState<AuditEntry | null>(null)
  const verify = useMutation({
    mutationFn: () => ok(api.GET('/audit/verify')),
    onError: fail,
  })
  const result = verify.data
  return (
    <Page>
      <PageHeader
        title={t('nav.settings.audit')}
        purpose={t('audit.purpose')}
        actions={
          <Button
            icon={<ShieldCheck size={16} />}
            loading={verify.isPending}
            onClick={() => verify.mutate()}
          >
            {t('audit.verify')}
          </Button>
        }
      />
      {result && (
        <Alert
          type={result.ok ? 'success' : 'error'}
          showIcon
          closable
          role="status"
          title={
            result.ok
              ? t('audit.whole', { total: f.count(result.checked) })
              : t('audit.broken', { id: result.first_bad_id ?? '' })
          }
          description={
            result.ok ? (
              <span className="zk-mono zk-break">{result.head_hash}</span>
            ) : (
              <>
                {t(`audit.reason.${result.reason || 'changed'}`)} {t('audit.broken_text')}
              </>
            )
          }
        />
      )}
      <DataTable<AuditEntry>
        id="audit"
        label={t('nav.settings.audit')}
        queryKey={['audit']}
        load={(query, signal) => ok(api.GET('/audit', { params: { query }, signal }))}
        exportPath="/audit/export"
        onOpen={setOpen}
        openKey={open?.id ?? null}
        filters={[
          {
            key: 'actor',
            label: t('audit.actor'),
            type: 'text',
            placeholder: t('audit.actor_hint'),
          },
          { key: 'action', label: t('audit.action'), type: 'text', placeholder: 'staff.create' },
          { key: 'object_type', label: t('audit.object_type'), type: 'text', placeholder: 'staff' },
          { key: 'object_id', label: t('audit.object_id'), type: 'text' },
          { key: 'at', label: t('audit.at'), type: 'dates' },
        ]}
        columns={[
          {
            key: 'action',
            title: t('audit.action'),
            render: (r) => words('audit.action', r.action),
          },
          {
            key: 'object',
            title: t('audit.object'),
            render: (r) => (
              <>
                {words('audit.object', r.object_type)}{' '}
                <span className="zk-muted zk-num">{r.object_id}</span>
              </>
            ),
          },
          { key: 'actor', title: t('audit.actor'), render: (r) => actor(r.actor_name) },
          {
            key: 'ip',
            title: t('audit.ip'),
            render: (r) => <From ip={r.ip} />,
          },
          {
            key: 'at',
            title: t('audit.at'),
            phone: 'aside',
            render: (r) => <DateTime at={r.at} />,
          },
          {
            key: 'id',
            title: t('audit.number'),
            align: 'right',
            hidden: true,
            phone: 'none',
            render: (r) => f.count(r.id),
          },
          {
            key: 'request_id',
            title: t('audit.request'),
            hidden: true,
            phone: 'none',
            render: (r) => <span className="zk-mono">{r.request_id}</span>,
          },
        ]}
      />
      <DetailDrawer
        open={open !== null}
        onClose={() => setOpen(null)}
        title={open && words('audit.action', open.action)}
      >
        {open && (
          <>
            <Facts
              items={[
                { label: t('audit.actor'), value: actor(open.actor_name) },
                { label: t('audit.at'), value: <DateTime at={open.at} relative /> },
                {
                  label: t('audit.object'),
                  value: `${words('audit.object', open.object_type)} ${open.object_id}`,
                },
                { label: t('audit.ip'), value: <From ip={open.ip} /> },
                {
                  label: t('audit.request'),
                  value: <span className="zk-mono">{open.request_id}</span>,
                },
                { label: t('audit.number'), value: open.id },
                { label: t('audit.hash'), value: <span className="zk-mono">{open.hash}</span> },
              ]}
            />
            <Changes entry={open} />
          </>
        )}
      </DetailDrawer>
    </Page>
  )
}

function Changes({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation()
  const rows = differences(entry.before, entry.after)
  if (rows.length === 0) return null
  return (
    <Section title={t('audit.changes')}>
      <SimpleTable<Difference>
        label={t('audit.changes')}
        compact
        rows={rows}
        rowKey={(r) => r.field}
        columns={[
          {
            key: 'field',
            title: t('audit.field'),
            render: (r) => <span className="zk-mono">{r.field}</span>,
          },
          {
            key: 'before',
            title: t('audit.before'),
            render: (r) => <span className="zk-break">{r.before ?? '–'}</span>,
          },
          {
            key: 'after',
            title: t('audit.after'),
            render: (r) => <span className="zk-break">{r.after ?? '–'}</span>,
          },
        ]}
      />
    </Section>
  )
}
