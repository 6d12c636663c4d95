import { useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { DateTime, Section, useMe, useSay } from '@/kit'
import type { Dossier, Review } from './api'
import styles from './moves.module.css'
import { Remarks } from './Remarks'

/** The votes on a disputed move, and the reader's own: one for each seat he or she acts for. */
export function Votes({ d, review }: { d: Dossier; review: Review }) {
  const { t } = useTranslation()
  const { move } = d
  const name = (choice: string) =>
    choice === 'proposed'
      ? t('ui_review.vote.proposed', { level: move.to.name })
      : choice === 'keep'
        ? t('ui_review.vote.keep', { level: move.from?.name ?? '' })
        : (review.levels.find((l) => l.code === choice)?.name ?? choice)
  const choices = [
    'proposed',
    ...(move.from ? ['keep'] : []),
    ...review.levels
      .map((l) => l.code)
      // Keeping the level is offered already.
      .filter((c) => c !== move.to.code && c !== move.from?.code),
  ].map((value) => ({ value, label: name(value) }))
  const voting =
    review.status === 'review' && review.step === 'open' && move.state === 'disputed' && move.mine
  return (
    <Section title={t('ui_review.votes')} boxed>
      {d.votes.length === 0 && <p className="zk-muted">{t('ui_review.no_vote')}</p>}
      <Remarks
        list={d.votes.map((v) => ({
          key: v.member_id,
          text: (
            <>
              {t('ui_review.vote_of', { name: v.member_name })}
              <b>{name(v.choice)}</b>
            </>
          ),
          by: (
            <>
              {v.staff_id !== v.member_id && t('ui_review.vote_by', { name: v.staff_name })}{' '}
              <DateTime at={v.at} />
            </>
          ),
        }))}
      />
      {voting &&
        review.my_seats.map((seat) => (
          <Ballot
            key={seat.staff_id}
            review={review}
            customerId={move.customer_id}
            memberId={seat.staff_id}
            memberName={seat.name}
            given={d.votes.find((v) => v.member_id === seat.staff_id)?.choice}
            choices={choices}
          />
        ))}
    </Section>
  )
}

function Ballot({
  review,
  customerId,
  memberId,
  memberName,
  given,
  choices,
}: {
  review: Review
  customerId: number
  memberId: number
  memberName: string
  given: string | undefined
  choices: { value: string; label: string }[]
}) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const [choice, setChoice] = useState(given)
  const [busy, setBusy] = useState(false)
  const label =
    memberId === me.staff.id
      ? t('ui_review.my_vote')
      : t('ui_review.vote_for', { name: memberName })
  const cast = async () => {
    if (!choice) return
    setBusy(true)
    try {
      await ok(
        api.PUT('/tiering/reviews/{id}/moves/{customer_id}/vote', {
          params: { path: { id: review.id, customer_id: customerId } },
          body: { choice, member_id: memberId },
        }),
      )
      done(t('ui_review.voted'))
      await client.invalidateQueries({ queryKey: ['tiering', 'reviews', review.id] })
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className={styles.write}>
      <Select
        className={styles.grow}
        aria-label={label}
        placeholder={label}
        value={choice}
        options={choices}
        onChange={setChoice}
      />
      <Button loading={busy} disabled={!choice || choice === given} onClick={cast}>
        {given ? t('ui_review.vote_again') : t('ui_review.vote_now')}
      </Button>
    </div>
  )
}
