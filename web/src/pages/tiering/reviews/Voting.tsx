import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { Bones, Count, QueryView, Section, SimpleTable, useFormat, useSay } from '@/kit'
import type { Review } from './api'

/** Who has voted on the disputed moves and who has not; shown only while there are such moves. */
export function Voting({ review }: { review: Review }) {
  const { t } = useTranslation()
  const f = useFormat()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const [busy, setBusy] = useState(false)
  const path = { id: review.id }
  const query = useQuery({
    queryKey: ['tiering', 'reviews', review.id, 'voting'],
    queryFn: ({ signal }) =>
      ok(api.GET('/tiering/reviews/{id}/voting', { params: { path }, signal })),
  })
  const act = async (work: () => Promise<string>) => {
    setBusy(true)
    try {
      done(await work())
      await client.invalidateQueries({ queryKey: ['tiering', 'reviews'] })
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  const remind = async () => {
    const out = await ok(api.POST('/tiering/reviews/{id}/remind', { params: { path } }))
    return t('ui_review.reminded', { n: f.count(out.people) })
  }
  const settle = async () => {
    const out = await ok(api.POST('/tiering/reviews/{id}/settle', { params: { path } }))
    return t('ui_review.settled', { n: f.count(out.settled) })
  }
  if (query.data?.disputed === 0) return null
  const seated = review.my_seats.length > 0
  return (
    <QueryView query={query} compact skeleton={<Bones rows={3} />}>
      {(v) => (
        <Section
          title={t('ui_review.voting')}
          note={t('ui_review.voting_note', {
            disputed: f.count(v.disputed),
            decidable: f.count(v.decidable),
          })}
          extra={
            seated && (
              <>
                <Button
                  disabled={busy || v.members.every((m) => m.missing === 0)}
                  onClick={() => act(remind)}
                >
                  {t('ui_review.remind')}
                </Button>
                <Button disabled={busy || v.decidable === 0} onClick={() => act(settle)}>
                  {t('ui_review.settle')}
                </Button>
              </>
            )
          }
        >
          <SimpleTable
            label={t('ui_review.voting')}
            rows={v.members}
            rowKey={(m) => m.staff_id}
            columns={[
              {
                key: 'name',
                title: t('ui_review.seat.person'),
                render: (m) =>
                  m.away
                    ? m.deputy_name
                      ? t('ui_review.away_for', { name: m.name, deputy: m.deputy_name })
                      : t('ui_review.away', { name: m.name })
                    : m.name,
              },
              {
                key: 'voted',
                title: t('ui_review.has_voted'),
                align: 'right',
                render: (m) => <Count value={m.voted} />,
              },
              {
                key: 'missing',
                title: t('ui_review.missing'),
                align: 'right',
                render: (m) => <Count value={m.missing} />,
              },
            ]}
          />
        </Section>
      )}
    </QueryView>
  )
}
