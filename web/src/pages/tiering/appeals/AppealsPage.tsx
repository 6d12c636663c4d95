import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { api, ok } from '@/api/client'
import {
  type Column,
  DataTable,
  DateTime,
  EmptyState,
  Page,
  PageHeader,
  StatusTag,
  useIsPhone,
  useMe,
} from '@/kit'
import { tieringTabs } from '../tabs'
import { useByDimension } from '../useByDimension'
import { AppealDrawer } from './AppealDrawer'
import { type Appeal, states } from './api'

// i18n-keys: ui_appeal.status.*
/** What people who look after customers hold against their levels, and what was answered. */
export default function AppealsPage() {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const me = useMe()
  const [params, setParams] = useSearchParams()
  const byDimension = useByDimension()
  const open = Number(params.get('appeal')) || null
  const show = (id: number | null) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (id) next.set('appeal', String(id))
        else next.delete('appeal')
        return next
      },
      { preventScrollReset: true, replace: true },
    )
  const columns: Column<Appeal>[] = [
    { key: 'customer', title: t('common.customer'), render: (a) => a.customer_name },
    byDimension.column,
    {
      key: 'levels',
      title: t('ui_appeal.levels'),
      render: (a) =>
        t('ui_review.step', {
          from: a.level_name || t('ui_review.no_level'),
          to: a.wanted_name,
        }),
    },
    {
      key: 'status',
      title: t('common.status'),
      phone: 'aside',
      render: (a) => (
        <StatusTag kind={states[a.status]}>{t(`ui_appeal.status.${a.status}`)}</StatusTag>
      ),
    },
    {
      key: 'evidence',
      title: t('ui_appeal.evidence'),
      ellipsis: true,
      phone: 'wide',
      render: (a) => a.evidence,
    },
    { key: 'by', title: t('ui_appeal.made_by'), render: (a) => a.made_by_name || null },
    { key: 'at', title: t('ui_appeal.made_at'), render: (a) => <DateTime at={a.made_at} /> },
  ]
  const status = (value: Appeal['status']) => ({ value, label: t(`ui_appeal.status.${value}`) })
  return (
    <Page>
      <PageHeader
        title={t('nav.tiering.appeals')}
        purpose={t('ui_appeal.purpose')}
        tabs={phone ? tieringTabs(t, me.can) : undefined}
        activeTab="appeals"
      />
      <DataTable<Appeal>
        id="tier-appeals"
        label={t('nav.tiering.appeals')}
        queryKey={['tiering', 'appeals', 'list']}
        load={(query, signal) => ok(api.GET('/tiering/appeals', { params: { query }, signal }))}
        columns={columns}
        filters={[
          {
            key: 'status',
            label: t('common.status'),
            type: 'select',
            options: [status('open'), status('upheld'), status('declined'), status('withdrawn')],
          },
          byDimension.filter,
          {
            key: 'mine',
            label: t('ui_appeal.made_by'),
            type: 'select',
            options: [{ value: 'true', label: t('ui_appeal.mine') }],
          },
        ]}
        views={[
          { key: 'open', label: t('ui_appeal.status.open'), filters: { status: 'open' } },
          { key: 'mine', label: t('ui_appeal.mine'), filters: { mine: 'true' } },
        ]}
        onOpen={(a) => show(a.id)}
        openKey={open}
        refetchInterval={30_000}
        empty={<EmptyState title={t('ui_appeal.empty')} text={t('ui_appeal.empty_text')} />}
      />
      <AppealDrawer id={open} onClose={() => show(null)} />
    </Page>
  )
}
