import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { ListChecks } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { asApiError } from '@/api/errors'
import { DetailDrawer, useFormat, useSay } from '@/kit'
import type { Act, Decided, MoveFilter, Review } from './api'
import { DecideForm, type Decision } from './DecideForm'

const acts: Act[] = ['agree', 'overrule', 'dispute', 'take_back']

/**
 * Decides about all moves that pass the filter: counted first, and done only
 * while the moves and their states are those that were counted.
 */
export function Bulk({
  review,
  filter,
  total,
}: {
  review: Review
  filter: MoveFilter
  total: number
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button icon={<ListChecks size={16} />} disabled={total === 0} onClick={() => setOpen(true)}>
        {t('ui_review.bulk', { n: f.count(total) })}
      </Button>
      {open && <BulkDrawer review={review} filter={filter} onClose={() => setOpen(false)} />}
    </>
  )
}

function BulkDrawer({
  review,
  filter,
  onClose,
}: {
  review: Review
  filter: MoveFilter
  onClose: () => void
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const client = useQueryClient()
  const { done } = useSay()
  // The filter as it was when the drawer opened: the list behind may go on.
  const [meant] = useState(filter)
  const [counted, setCounted] = useState<Decided | null>(null)
  const submit = async (decision: Decision) => {
    const send = (more: { preview: boolean; token?: number }) =>
      ok(
        api.POST('/tiering/reviews/{id}/decide', {
          params: { path: { id: review.id } },
          body: { ...decision, filter: meant, ...more },
        }),
      )
    if (!counted) {
      setCounted(await send({ preview: true }))
      return
    }
    try {
      const out = await send({ preview: false, token: counted.token })
      done(t('ui_review.bulk_done', { n: f.count(out.changed) }))
      await client.invalidateQueries({ queryKey: ['tiering', 'reviews'] })
      onClose()
    } catch (error) {
      if (asApiError(error).code === 'tier.moves_changed') setCounted(null)
      throw error
    }
  }
  return (
    <DetailDrawer open onClose={onClose} title={t('ui_review.bulk_title')} width={480}>
      <p className="zk-muted">{t('ui_review.bulk_note')}</p>
      <DecideForm
        review={review}
        acts={acts}
        submitText={
          counted
            ? t('ui_review.bulk_now', { n: f.count(counted.changed) })
            : t('ui_review.bulk_preview')
        }
        onChange={() => setCounted(null)}
        onSubmit={submit}
      >
        {counted && <BulkCount counted={counted} />}
      </DecideForm>
    </DetailDrawer>
  )
}

// i18n-keys: errors.tier.*
function BulkCount({ counted }: { counted: Decided }) {
  const { t, i18n } = useTranslation()
  const f = useFormat()
  const why = (code: string) => (i18n.exists(`errors.${code}`) ? t(`errors.${code}`) : code)
  return (
    <Alert
      type={counted.changed > 0 ? 'info' : 'warning'}
      showIcon
      role="status"
      title={t('ui_review.bulk_counted', {
        matched: f.count(counted.matched),
        changed: f.count(counted.changed),
        already: f.count(counted.already),
      })}
      description={
        counted.refused.length > 0 && (
          <ul>
            {counted.refused.map((r) => (
              <li key={r.reason}>
                {t('ui_review.bulk_refused', { n: f.count(r.moves), why: why(r.reason) })}
              </li>
            ))}
          </ul>
        )
      }
    />
  )
}
