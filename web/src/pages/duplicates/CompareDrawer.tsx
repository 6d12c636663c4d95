import { Button, Radio } from 'antd'
import { ArrowLeftRight } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DetailDrawer, LinkButton, QueryView, Section, useIsPhone, useMe, useSay } from '@/kit'
import { decide, type FieldChoice, merge, type Pair, type Side, usePreview } from './api'
import styles from './duplicates.module.css'
import { Histories } from './Histories'
import { useTakeBack } from './takeBack'
import { Keys, Reasons, SideFacts, stays } from './words'

// Where keys are typed text, or choose among options.
const fields = 'input:not([type="radio"]),textarea,select,[role="listbox"]'

/**
 * Both customers field by field: choose which stays and whose value is kept,
 * then merge, or say that they are two.
 */
export function CompareDrawer({
  pair,
  onClose,
  onDone,
}: {
  pair: Pair | null
  onClose: () => void
  /** With the pair that was decided, so that the list can go on to the next. */
  onDone: (pair?: Pair) => void
}) {
  const { t } = useTranslation()
  return (
    <DetailDrawer
      open={pair !== null}
      onClose={onClose}
      width={720}
      title={t('duplicates.compare')}
    >
      {pair &&
        (pair.a.visible && pair.b.visible ? (
          <Compare key={pair.id} pair={pair} onDone={onDone} />
        ) : (
          <Foreign pair={pair} />
        ))}
    </DetailDrawer>
  )
}

// Of a colleague's customer there is only the name: nothing to merge here.
function Foreign({ pair }: { pair: Pair }) {
  const { t } = useTranslation()
  return (
    <>
      <SideFacts side={pair.a} />
      <SideFacts side={pair.b} />
      <p>{t('duplicates.foreign')}</p>
      <Reasons pair={pair} all />
    </>
  )
}

function Compare({ pair, onDone }: { pair: Pair; onDone: (pair?: Pair) => void }) {
  const { t } = useTranslation()
  const { done, fail } = useSay()
  const takeBack = useTakeBack()
  const phone = useIsPhone()
  const first = stays(pair)[0] === pair.b
  const [swapped, setSwapped] = useState(first)
  const [winner, loser] = swapped ? [pair.b, pair.a] : [pair.a, pair.b]
  const preview = usePreview(winner.id, loser.id)
  const [choices, setChoices] = useState<Record<string, Side>>({})
  const [busy, setBusy] = useState(false)

  const run = async (work: () => Promise<void>) => {
    setBusy(true)
    try {
      await work()
      onDone(pair)
    } catch (error) {
      fail(error)
      void preview.refetch()
    } finally {
      setBusy(false)
    }
  }
  // i18n-keys: duplicates.said_*
  const say = (decision: 'different' | 'later') =>
    run(async () => {
      await decide(pair.id, decision)
      done(t(`duplicates.said_${decision}`), async () => {
        await decide(pair.id, pair.status)
        onDone()
      })
    })
  const doMerge = () =>
    run(async () => {
      const m = await merge({
        winner_id: winner.id,
        loser_id: loser.id,
        choices,
        winner_version: preview.data?.winner_version,
        loser_version: preview.data?.loser_version,
      })
      done(t('duplicates.merged', { winner: winner.name, count: m.moved }), () =>
        takeBack(m.id, loser.name, onDone),
      )
    })
  const swap = useCallback(() => {
    setSwapped((s) => !s)
    setChoices({})
  }, [])
  const acts: Record<string, () => unknown> = {
    s: () => preview.data && doMerge(),
    d: () => say('different'),
    l: () => pair.status === 'open' && say('later'),
    w: swap,
  }
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest(fields)
      if (busy || typing || event.metaKey || event.ctrlKey || event.altKey || event.repeat) return
      const act = acts[event.key]
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  })
  return (
    <>
      <div className={styles.acts}>
        <Button type="primary" loading={busy} disabled={!preview.data} onClick={doMerge}>
          {t('duplicates.merge')}
        </Button>
        {pair.status !== 'different' && (
          <Button disabled={busy} onClick={() => say('different')}>
            {t('duplicates.different')}
          </Button>
        )}
        {pair.status === 'open' && (
          <Button disabled={busy} onClick={() => say('later')}>
            {t('duplicates.later')}
          </Button>
        )}
        <Button
          type="text"
          icon={<ArrowLeftRight size={15} aria-hidden="true" />}
          disabled={busy}
          onClick={swap}
        >
          {t('duplicates.swap')}
        </Button>
        {!phone && <Keys of={['s', 'd', 'l', 'w']} />}
      </div>
      <div className={styles.histories}>
        <SideFacts side={winner} />
        <SideFacts side={loser} />
      </div>
      <Reasons pair={pair} all />
      <QueryView query={preview}>
        {(data) => (
          <>
            <table className={styles.compare}>
              <thead>
                <tr>
                  <th scope="col">{t('duplicates.field')}</th>
                  <th scope="col">
                    {t('duplicates.stays')}{' '}
                    <LinkButton type="link" size="small" to={`/customers/${winner.id}`}>
                      {winner.name}
                    </LinkButton>
                  </th>
                  <th scope="col">
                    {t('duplicates.goes')}{' '}
                    <LinkButton type="link" size="small" to={`/customers/${loser.id}`}>
                      {loser.name}
                    </LinkButton>
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.fields
                  .filter((f) => f.winner || f.loser)
                  .map((f) => (
                    <Field
                      key={f.field}
                      field={f}
                      side={choices[f.field] ?? (f.chosen as Side)}
                      onChoose={(side) => setChoices((c) => ({ ...c, [f.field]: side }))}
                    />
                  ))}
              </tbody>
            </table>
            <Section title={t('duplicates.moves')}>
              {data.moves.length === 0 ? (
                <p className="zk-muted">{t('duplicates.moves_none')}</p>
              ) : (
                <ul className={styles.moves}>
                  {data.moves.map((m) => (
                    <li key={m.table}>
                      <Move table={m.table} rows={m.rows} />
                    </li>
                  ))}
                </ul>
              )}
              <p className="zk-muted">{t('duplicates.undo_note')}</p>
            </Section>
            <Histories winner={winner} loser={loser} />
          </>
        )}
      </QueryView>
    </>
  )
}

// i18n-keys: duplicates.table.*
function Move({ table, rows }: { table: string; rows: number }) {
  const { t, i18n } = useTranslation()
  const key = `duplicates.table.${table}`
  return (
    <>
      {i18n.exists(key) ? t(key) : t('duplicates.table.other')} {rows}
    </>
  )
}

const coded = ['kind', 'stage', 'gender', 'education', 'preferred_channel']

// i18n-keys: duplicates.group.*, duplicates.value.*
function Field({
  field,
  side,
  onChoose,
}: {
  field: FieldChoice
  side: Side
  onChoose: (side: Side) => void
}) {
  const { t } = useTranslation()
  // What the reader may not edit is merged by the rule.
  const fixed = !useMe().edits(field.field)
  const label = t(`duplicates.group.${field.field}`)
  const none = <span className="zk-muted">–</span>
  const word = (text: string) =>
    text && coded.includes(field.field) ? t(`duplicates.value.${text}`) : text
  if (!field.differs) {
    return (
      <tr className={styles.same}>
        <th scope="row">{label}</th>
        <td colSpan={2}>{word(field.winner) || none}</td>
      </tr>
    )
  }
  const option = (value: Side, text: string) => (
    <td>
      <Radio
        checked={side === value}
        disabled={fixed}
        onChange={() => onChoose(value)}
        name={`keep-${field.field}`}
        aria-label={`${label} ${text || t('duplicates.empty')}`}
      >
        {text || none}
      </Radio>
    </td>
  )
  return (
    <tr>
      <th scope="row">{label}</th>
      {option('winner', word(field.winner))}
      {option('loser', word(field.loser))}
    </tr>
  )
}
