import { Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Bones, DetailDrawer, NumberInput, QueryView, useFormat } from '@/kit'
import { useRuleCatalogue } from '../../audiences/builder/api'
import type { Known } from '../../audiences/builder/catalogue'
import { complete, conditions, fromNode, toNode } from '../../audiences/builder/model'
import { RuleBuilder } from '../../audiences/builder/RuleBuilder'
import { useLive } from '../../audiences/builder/useLive'
import type { Move, Stage } from '../api'
import styles from './settings.module.css'
import { TakeDrawer } from './TakeDrawer'

interface Props {
  move: Move
  /** Only where to and the rule: where customers begin who come new. */
  begin?: boolean
  stages: Stage[]
  may: boolean
  onDone: (move: Move) => void
  onClose: () => void
}

/** Edits a move: from where to where, when, and how many its rule means. */
export default function MoveDrawer(props: Props) {
  const { t } = useTranslation()
  const catalogue = useRuleCatalogue()
  if (catalogue.data) return <Editor {...props} k={catalogue.data} />
  return (
    <DetailDrawer open title={t('lifecycles.move')} width={860} onClose={props.onClose}>
      <QueryView query={catalogue} skeleton={<Bones />}>
        {() => null}
      </QueryView>
    </DetailDrawer>
  )
}

function Editor({ move, begin, stages, may, onDone, onClose, k }: Props & { k: Known }) {
  const { t } = useTranslation()
  const f = useFormat()
  const [draft, setDraft] = useState(move)
  const [root, setRoot] = useState(() => fromNode(move.rule as object | null))
  const [tried, setTried] = useState(false)
  const live = useLive(root, undefined, '')
  const set = (part: Partial<Move>) => setDraft((before) => ({ ...before, ...part }))
  const named = begin || draft.name.trim() !== ''
  const loop = draft.from.length === 1 && draft.from[0] === draft.to
  const take = () => {
    setTried(true)
    const rule = toNode(root).node
    if (!named || loop || !rule || conditions(root).some((c) => !complete(c))) return
    onDone({ ...draft, name: draft.name.trim(), rule })
  }
  const options = stages.map((s) => ({ value: s.code, label: s.name || s.code }))
  return (
    <TakeDrawer
      title={t(begin ? 'lifecycles.begins' : 'lifecycles.move')}
      may={may}
      onTake={take}
      onClose={onClose}
    >
      <Form layout="vertical" component="div" disabled={!may}>
        {!begin && (
          <Form.Item
            label={t('common.name')}
            htmlFor="move-name"
            required
            validateStatus={tried && !named ? 'error' : undefined}
            help={tried && !named ? t('lifecycles.move.name_missing') : undefined}
          >
            <Input
              id="move-name"
              maxLength={100}
              value={draft.name}
              onChange={(event) => set({ name: event.target.value })}
            />
          </Form.Item>
        )}
        <div className={styles.two}>
          {!begin && (
            <Form.Item label={t('lifecycles.flow.from')} htmlFor="move-from">
              <Select
                id="move-from"
                mode="multiple"
                placeholder={t('lifecycles.moves.any')}
                value={draft.from}
                options={options}
                onChange={(from) => set({ from })}
              />
            </Form.Item>
          )}
          <Form.Item
            label={t('lifecycles.move.to')}
            htmlFor="move-to"
            validateStatus={loop ? 'error' : undefined}
            help={loop ? t('lifecycles.move.loop') : undefined}
          >
            <Select
              id="move-to"
              value={draft.to}
              options={options}
              onChange={(to) => set({ to })}
            />
          </Form.Item>
          {!begin && (
            <>
              <Days
                id="move-stay"
                label={t('lifecycles.move.min_stay')}
                extra={t('lifecycles.move.min_stay_text')}
                min={0}
                max={3650}
                value={draft.min_stay_days}
                onChange={(min_stay_days) => set({ min_stay_days })}
              />
              <Days
                id="move-hold"
                label={t('lifecycles.move.hold')}
                extra={t('lifecycles.move.hold_text')}
                min={1}
                max={60}
                value={draft.hold_days}
                onChange={(hold_days) => set({ hold_days })}
              />
            </>
          )}
        </div>
      </Form>
      <section aria-label={t('lifecycles.move.rule')}>
        <h3 className={styles.title}>{t('lifecycles.move.rule')}</h3>
        <p className={styles.live} role="status">
          {live.count
            ? t('lifecycles.move.count', {
                count: live.count.count,
                shown: f.count(live.count.count),
              })
            : live.busy
              ? t('lifecycles.move.counting')
              : t('lifecycles.move.no_count')}
          {live.count?.sentence && <span className="zk-muted">{live.count.sentence}</span>}
        </p>
        {[
          ...live.rest,
          ...(tried && root.rules.length === 0 ? [t('lifecycles.move.rule_missing')] : []),
        ].map((message) => (
          <p key={message} className={styles.fault} role="alert">
            {message}
          </p>
        ))}
        <fieldset disabled={!may} className={styles.rule}>
          <RuleBuilder
            catalogue={k}
            value={root}
            onChange={setRoot}
            faults={live.faults}
            tried={tried}
          />
        </fieldset>
      </section>
    </TakeDrawer>
  )
}

/** A number of days; an empty field is the least one. */
function Days({
  id,
  label,
  extra,
  min,
  max,
  value,
  onChange,
}: {
  id: string
  label: string
  extra: string
  min: number
  max: number
  value: number
  onChange: (days: number) => void
}) {
  return (
    <Form.Item label={label} htmlFor={id} extra={extra}>
      <NumberInput
        id={id}
        min={min}
        max={max}
        precision={0}
        value={value}
        onChange={(n) => onChange(n ?? min)}
      />
    </Form.Item>
  )
}
