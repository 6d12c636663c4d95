import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, ok } from '@/api/client'
import {
  Bones,
  Count,
  DateTime,
  Day,
  DetailDrawer,
  Facts,
  Money,
  QueryView,
  Section,
  SimpleTable,
  useSay,
} from '@/kit'
import type { Act, Dossier, Review } from './api'
import { DecideForm } from './DecideForm'
import { LevelMove, MoveState } from './MoveState'
import styles from './moves.module.css'
import { Remarks } from './Remarks'
import { Thread } from './Thread'
import { Votes } from './Votes'

/** What a panel reads about one customer, and where it decides. */
export function MoveDrawer({
  review,
  customerId,
  onClose,
}: {
  review: Review
  customerId: number | null
  onClose: () => void
}) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['tiering', 'reviews', review.id, 'dossier', customerId],
    enabled: customerId !== null,
    queryFn: ({ signal }) =>
      ok(
        api.GET('/tiering/reviews/{id}/moves/{customer_id}', {
          params: { path: { id: review.id, customer_id: customerId ?? 0 } },
          signal,
        }),
      ),
  })
  return (
    <DetailDrawer
      open={customerId !== null}
      onClose={onClose}
      width={640}
      title={query.data?.move.name ?? t('ui_review.dossier')}
      extra={
        customerId !== null && (
          <Link to={`/customers/${customerId}`} className={styles.move}>
            {t('tiers.reason.customer')} <ArrowRight size={14} aria-hidden="true" />
          </Link>
        )
      }
    >
      <QueryView query={query} compact skeleton={<Bones rows={10} />}>
        {(d) => <Body key={d.move.customer_id} d={d} review={review} />}
      </QueryView>
    </DetailDrawer>
  )
}

// i18n-keys: ui_review.act.*, ui_review.by.*
function Body({ d, review }: { d: Dossier; review: Review }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done } = useSay()
  const { move } = d
  const because = (reason: string) => (reason ? t('ui_review.because', { reason }) : '')
  const deciding = review.status === 'review' && review.step === 'open' && move.mine
  // What stands already need not be offered; of disputed moves the votes decide.
  const acts: Act[] =
    move.state === 'disputed'
      ? ['take_back']
      : move.state === 'open'
        ? ['agree', 'overrule', 'dispute']
        : move.state === 'agreed'
          ? ['overrule', 'dispute', 'take_back']
          : ['agree', 'overrule', 'dispute', 'take_back']
  return (
    <>
      <div>
        <div className={styles.head}>
          <LevelMove move={move} review={review} />
          <MoveState move={move} />
        </div>
        {move.why && <p>{t('ui_review.why', { reason: move.why })}</p>}
        {d.hand_only.on && (
          <p>
            {t('ui_review.hand_only', { name: d.hand_only.by_name, reason: d.hand_only.reason })}
          </p>
        )}
      </div>
      {(move.state === 'disputed' || d.votes.length > 0) && <Votes d={d} review={review} />}
      {deciding && (
        <Section title={t('ui_review.decide')} boxed>
          <DecideForm
            key={move.state}
            review={review}
            acts={acts}
            submitText={t('ui_review.decide_now')}
            onSubmit={async (decision) => {
              await ok(
                api.POST('/tiering/reviews/{id}/decide', {
                  params: { path: { id: review.id } },
                  body: { ...decision, customer_id: move.customer_id },
                }),
              )
              done(t('ui_review.decided_done', { name: move.name }))
              await client.invalidateQueries({ queryKey: ['tiering', 'reviews'] })
            }}
          />
        </Section>
      )}
      <Section title={t('ui_review.now')}>
        <p>{d.now.text}</p>
        {d.now.why_not && <p className="zk-muted">{d.now.why_not}</p>}
      </Section>
      <Section title={t('ui_review.before')}>
        <p>{d.before?.text ?? t('ui_review.no_level')}</p>
      </Section>
      <Facts
        columns={2}
        items={[
          { label: t('ui_review.spend'), value: <Money fen={d.now.spend_fen} /> },
          { label: t('tiers.people.orders'), value: <Count value={d.now.orders} /> },
          { label: t('tiers.people.last'), value: <Day at={d.now.last_day} /> },
          { label: t('ui_review.margin'), value: <Count value={move.margin} /> },
          {
            label: t('ui_review.team'),
            value: d.team.map((p) => p.name).join(t('ui_review.comma')) || null,
            wide: true,
          },
        ]}
      />
      <Section title={t('ui_review.months')}>
        <SimpleTable
          label={t('ui_review.months')}
          rows={d.months}
          rowKey={(m) => m.month}
          compact
          columns={[
            { key: 'month', title: t('ui_review.month'), render: (m) => m.month },
            {
              key: 'spend',
              title: t('ui_review.spend'),
              align: 'right',
              render: (m) => <Money fen={m.spend_fen} />,
            },
            {
              key: 'orders',
              title: t('tiers.people.orders'),
              align: 'right',
              render: (m) => <Count value={m.orders} />,
            },
          ]}
        />
      </Section>
      {d.events.length > 0 && (
        <Section title={t('ui_review.events')}>
          <Remarks
            list={d.events.map((e) => ({
              key: e.note_id,
              text: (
                <>
                  {e.open && <b>{t('ui_review.event_open')} </b>}
                  {e.subject}
                </>
              ),
              by: (
                <>
                  {e.name} · <DateTime at={e.at} />
                </>
              ),
            }))}
          />
        </Section>
      )}
      <Section title={t('ui_review.history')}>
        {d.history.length === 0 && <p className="zk-muted">{t('ui_review.no_history')}</p>}
        <Remarks
          list={d.history.map((h) => ({
            key: `${h.at} ${h.run_id} ${h.decision_id}`,
            text:
              t('ui_review.step', { from: h.from || t('ui_review.no_level'), to: h.to }) +
              because(h.reason),
            by: (
              <>
                {[t(`ui_review.by.${h.by}`), h.name, h.scheme_name].filter(Boolean).join(' · ')} ·{' '}
                <DateTime at={h.at} />
              </>
            ),
          }))}
        />
      </Section>
      {d.decisions.length > 0 && (
        <Section title={t('ui_review.decisions')}>
          <Remarks
            list={d.decisions.map((x) => ({
              key: `${x.at} ${x.act}`,
              text: t(`ui_review.act.${x.act}`) + because(x.reason),
              by: (
                <>
                  {x.by} · <DateTime at={x.at} />
                </>
              ),
            }))}
          />
        </Section>
      )}
      <Thread d={d} review={review} />
    </>
  )
}
