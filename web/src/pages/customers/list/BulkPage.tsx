import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import {
  Count,
  DataTable,
  DateTime,
  DetailDrawer,
  EmptyState,
  LinkButton,
  Page,
  PageHeader,
  useActorName,
} from '@/kit'
import { type BulkRun, useCatalogue } from './api'
import { BulkOutcome, BulkStatus } from './BulkOutcome'

/** What a bulk edit did, in a line: "设置 阶段、行业；添加 2 个标签". */
function useDeed() {
  const { t } = useTranslation()
  const fields = useCatalogue().data
  return ({ actions }: BulkRun): string => {
    const set = Object.keys(actions.set ?? {}).map(
      (code) => fields?.find((f) => f.code === code)?.label ?? code,
    )
    return [
      set.length > 0 && t('ui_list.bulk.deed.set', { fields: set.join(t('ui_list.comma')) }),
      actions.add_tags?.length && t('ui_list.bulk.deed.add', { n: actions.add_tags.length }),
      actions.remove_tags?.length &&
        t('ui_list.bulk.deed.remove', { n: actions.remove_tags.length }),
      actions.release && t('ui_list.bulk.release'),
    ]
      .filter(Boolean)
      .join(t('ui_list.semicolon'))
  }
}

/** Past bulk edits, each with its result and its undo. */
export default function BulkPage() {
  const { t } = useTranslation()
  const actor = useActorName()
  const deed = useDeed()
  const [open, setOpen] = useState<BulkRun | null>(null)
  return (
    <Page>
      <PageHeader
        title={t('ui_list.bulk.past')}
        purpose={t('ui_list.bulk.purpose')}
        trail={[{ to: '/customers', label: t('nav.customers.list') }]}
      />
      <DataTable<BulkRun>
        id="bulk"
        label={t('ui_list.bulk.past')}
        queryKey={['bulk', 'list']}
        load={(query, signal) =>
          ok(
            api.GET('/bulk', {
              params: { query: { limit: query.limit, cursor: query.cursor } },
              signal,
            }),
          )
        }
        columns={[
          { key: 'deed', title: t('ui_list.bulk.what'), render: (r) => deed(r) },
          {
            key: 'status',
            title: t('ui_list.bulk.state'),
            phone: 'aside',
            render: (r) => <BulkStatus run={r} />,
          },
          {
            key: 'changed',
            title: t('ui_list.bulk.did'),
            align: 'right',
            render: (r) => <Count value={r.changed} />,
          },
          {
            key: 'total',
            title: t('ui_list.bulk.total'),
            align: 'right',
            render: (r) => <Count value={r.total} />,
          },
          { key: 'actor', title: t('ui_list.bulk.who'), render: (r) => actor(r.actor_name) },
          {
            key: 'created',
            title: t('ui_list.bulk.when'),
            render: (r) => <DateTime at={r.created_at} relative />,
          },
        ]}
        onOpen={setOpen}
        openKey={open?.id ?? null}
        empty={
          <EmptyState
            title={t('ui_list.bulk.none')}
            text={t('ui_list.bulk.none_text')}
            action={<LinkButton to="/customers">{t('nav.customers.list')}</LinkButton>}
          />
        }
      />
      <DetailDrawer open={open !== null} title={open && deed(open)} onClose={() => setOpen(null)}>
        {open && <BulkOutcome id={open.id} />}
      </DetailDrawer>
    </Page>
  )
}
