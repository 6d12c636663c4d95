import { Button, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DateTime } from '@/kit'
import type { FullAudience } from '../api'
import type { Draft, Merged, Part } from './conflict'
import styles from './save.module.css'

interface Props {
  merged: Merged
  mine: Draft
  /** My rule in words. */
  sentence: string
  theirs: FullAudience
  /** The draft to be saved over theirs. */
  onSettle: (draft: Draft) => void
  /** To go on editing; nothing is lost. */
  onLater: () => void
}

/** Somebody saved the audience in the meantime: per part that both changed one is chosen. */
export function ConflictDialog({ merged, mine, sentence, theirs, onSettle, onLater }: Props) {
  const { t } = useTranslation()
  const [choices, setChoices] = useState<Partial<Record<Part, 'theirs' | 'mine'>>>({})
  const text = (part: Part, side: 'mine' | 'theirs') =>
    part === 'rule'
      ? side === 'mine'
        ? sentence
        : theirs.sentence
      : (side === 'mine' ? mine : theirs)[part] || t('ui_audience_builder.conflict.empty')
  const settle = () => {
    const draft = { ...merged.draft }
    for (const part of merged.clashes) {
      if (choices[part] === 'theirs') Object.assign(draft, { [part]: theirs[part] })
    }
    onSettle(draft)
  }
  // i18n-keys: ui_audience_builder.part.*
  const name = (part: Part) => t(`ui_audience_builder.part.${part}`)
  return (
    <Modal
      open
      width={640}
      title={t('ui_audience_builder.conflict.title')}
      maskClosable={false}
      onCancel={onLater}
      footer={
        <>
          <Button onClick={onLater}>{t('ui_audience_builder.save.back')}</Button>
          <Button type="primary" onClick={settle}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <div className={styles.body}>
        <p>
          {t('ui_audience_builder.conflict.text', { version: theirs.version })}{' '}
          <span className="zk-muted">
            <DateTime at={theirs.updated_at} relative />
          </span>
        </p>
        {merged.clashes.map((part) => (
          <fieldset key={part} className={styles.question}>
            <legend>{name(part)}</legend>
            <Radio.Group
              className={styles.sides}
              value={choices[part] ?? 'mine'}
              onChange={(event) => setChoices({ ...choices, [part]: event.target.value })}
              options={(['mine', 'theirs'] as const).map((side) => ({
                value: side,
                label: (
                  <span className={styles.side}>
                    <small>{t(`ui_audience_builder.conflict.${side}`)}</small>
                    {text(part, side)}
                  </span>
                ),
              }))}
            />
          </fieldset>
        ))}
        {merged.taken.length > 0 && (
          <p className="zk-muted">
            {t('ui_audience_builder.conflict.taken', {
              parts: merged.taken.map(name).join(t('ui_list.comma')),
            })}
          </p>
        )}
      </div>
    </Modal>
  )
}
