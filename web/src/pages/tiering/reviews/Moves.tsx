import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { api, ok } from '@/api/client'
import { perm } from '@/app/permissions'
import {
  Bones,
  type Column,
  Count,
  DataTable,
  EmptyState,
  Money,
  QueryView,
  useFormat,
  useMe,
} from '@/kit'
import type { Move, Review } from './api'
import { Bulk } from './Bulk'
import { Facets } from './Facets'
import { filterOf } from './filter'
import { MoveDrawer } from './MoveDrawer'
import { LevelMove, MoveState } from './MoveState'

// i18n-keys: tiers.move.*
/** The moves of a review: counts, list, dossier, and the decision about all that pass the filter. */
export function Moves({ review }: { review: Review }) {
  const { t } = useTranslation()
  const f = useFormat()
  const me = useMe()
  const [params, setParams] = useSearchParams()
  const filter = filterOf(params, review.id)
  const facets = useQuery({
    queryKey: ['tiering', 'reviews', review.id, 'facets', filter],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      ok(
        api.GET('/tiering/reviews/{id}/facets', {
          params: { path: { id: review.id }, query: filter },
          signal,
        }),
      ),
  })
  const reads = me.can(perm.tierReview)
  const decides =
    reads && review.status === 'review' && review.step === 'open' && review.my_seats.length > 0
  const openId = Number(params.get('customer')) || null
  const show = (id: number | null) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (id) next.set('customer', String(id))
        else next.delete('customer')
        return next
      },
      { preventScrollReset: true, replace: true },
    )
  const columns: Column<Move>[] = [
    { key: 'name', title: t('common.customer'), render: (m) => m.name },
    {
      key: 'move',
      title: t('ui_review.move'),
      render: (m) => <LevelMove move={m} review={review} />,
    },
    {
      key: 'state',
      title: t('common.status'),
      phone: 'aside',
      render: (m) => <MoveState move={m} />,
    },
    {
      key: 'margin',
      title: t('ui_review.margin'),
      hint: t('ui_review.margin_hint'),
      align: 'right',
      render: (m) => <Count value={m.margin} />,
    },
    {
      key: 'spend',
      title: t('ui_review.spend'),
      align: 'right',
      render: (m) => <Money fen={m.spend_fen} />,
    },
    { key: 'owner', title: t('ui_review.owner'), render: (m) => m.owner_name || null },
    { key: 'reason', title: t('tiers.people.why'), phone: 'wide', render: (m) => m.reason },
  ]
  const counted = (name: string, moves: number) => `${name} · ${f.count(moves)}`
  const data = facets.data
  return (
    <>
      <QueryView query={facets} compact skeleton={<Bones rows={3} />}>
        {(x) => <Facets facets={x} />}
      </QueryView>
      <DataTable<Move>
        id="tier-moves"
        label={t('ui_review.moves')}
        queryKey={['tiering', 'reviews', review.id, 'moves']}
        load={(query, signal) =>
          ok(
            api.GET('/tiering/reviews/{id}/moves', {
              params: { path: { id: review.id }, query },
              signal,
            }),
          )
        }
        rowKey={(m) => m.customer_id}
        columns={columns}
        search={t('tiers.run.search')}
        fixed={filter.sample ? { seed: filter.seed } : undefined}
        filters={[
          {
            key: 'state',
            label: t('common.status'),
            type: 'select',
            options: (['open', 'agreed', 'overruled', 'disputed'] as const).map((value) => ({
              value,
              label: t(`ui_review.state.${value}`),
            })),
          },
          {
            key: 'direction',
            label: t('ui_review.direction'),
            type: 'select',
            options: (['up', 'down', 'new', 'changed'] as const).map((value) => ({
              value,
              label: t(`tiers.move.${value}`),
            })),
          },
          {
            key: 'from',
            label: t('ui_review.from'),
            type: 'select',
            options: [
              { value: 'none', label: t('ui_review.no_level') },
              ...review.levels_before.map((l) => ({ value: l.code, label: l.name })),
            ],
          },
          {
            key: 'to',
            label: t('ui_review.to'),
            type: 'select',
            options: review.levels.map((l) => ({ value: l.code, label: l.name })),
          },
          {
            key: 'department_id',
            label: t('ui_review.department'),
            type: 'select',
            options: (data?.departments ?? []).map((v) => ({
              value: v.value === '0' ? '-1' : v.value,
              label: counted(v.name || t('ui_review.no_department'), v.moves),
            })),
          },
          {
            key: 'owner_id',
            label: t('ui_review.owner'),
            type: 'select',
            options: (data?.owners ?? []).map((v) => ({
              value: v.value === '0' ? '-1' : v.value,
              label: counted(v.name || t('ui_review.nobody'), v.moves),
            })),
          },
          { key: 'margin', label: t('ui_review.margin'), type: 'range' },
          {
            key: 'mine',
            label: t('ui_review.mine'),
            type: 'select',
            options: [{ value: 'true', label: t('ui_review.mine_only') }],
          },
          {
            key: 'sample',
            label: t('ui_review.sample'),
            type: 'select',
            options: [{ value: '5', label: t('ui_review.sample_5') }],
          },
        ]}
        views={[
          { key: 'open', label: t('ui_review.state.open'), filters: { state: 'open' } },
          { key: 'disputed', label: t('ui_review.state.disputed'), filters: { state: 'disputed' } },
          { key: 'close', label: t('ui_review.close'), filters: { margin: '..5' } },
          { key: 'sample', label: t('ui_review.sample_5'), filters: { sample: '5' } },
        ]}
        onOpen={reads ? (m) => show(m.customer_id) : undefined}
        openKey={openId}
        toolbar={
          decides && <Bulk review={review} filter={filter} total={facets.data?.total ?? 0} />
        }
        empty={<EmptyState title={t('ui_review.no_move')} text={t('ui_review.no_move_text')} />}
      />
      {reads && <MoveDrawer review={review} customerId={openId} onClose={() => show(null)} />}
    </>
  )
}
