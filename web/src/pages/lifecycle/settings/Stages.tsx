import { Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { NumberInput, ToneTag } from '@/kit'
import type { Config, Stage } from '../api'
import { newStage, put, usesOf } from './draft'
import { EntryActs, List } from './List'
import styles from './settings.module.css'

const tones = [0, 1, 2, 3, 4, 5, 6, 7, 8]
const most = 20

/** Stages in their order: name, colour, and what to do with their customers. */
export function Stages({
  config,
  may,
  onChange,
}: {
  config: Config
  may: boolean
  onChange: (part: Partial<Config>) => void
}) {
  const { t } = useTranslation()
  const { stages } = config
  const set = (at: number, part: Partial<Stage>) => {
    const stage = stages[at]
    if (stage) onChange({ stages: put(stages, at, { ...stage, ...part }) })
  }
  return (
    <List
      title={t('lifecycles.stages')}
      note={t('lifecycles.stages.note')}
      add={t('lifecycles.stages.add')}
      onAdd={
        may
          ? stages.length >= most
            ? 'full'
            : () => onChange({ stages: [...stages, newStage(config)] })
          : null
      }
    >
      {stages.map((stage, at) => {
        const used = usesOf(config, stage.code)
        const name = stage.name || stage.code
        return (
          <li key={stage.code} className={styles.stage}>
            <Select
              aria-label={t('lifecycles.stages.tone', { name })}
              disabled={!may}
              value={stage.tone}
              onChange={(tone) => set(at, { tone })}
              options={tones.map((tone) => ({
                value: tone,
                label: (
                  <ToneTag tone={tone}>{t('lifecycles.stages.tone_n', { n: tone + 1 })}</ToneTag>
                ),
              }))}
            />
            <Input
              aria-label={t('lifecycles.stages.name', { n: at + 1 })}
              placeholder={t('common.name')}
              maxLength={100}
              disabled={!may}
              value={stage.name}
              onChange={(event) => set(at, { name: event.target.value })}
            />
            <Input.TextArea
              aria-label={t('lifecycles.stages.advice', { name })}
              placeholder={t('lifecycles.stages.advice_hint')}
              rows={1}
              maxLength={1000}
              disabled={!may}
              value={stage.advice}
              onChange={(event) => set(at, { advice: event.target.value })}
            />
            {may && (
              <EntryActs
                list={stages}
                at={at}
                name={name}
                stays={used > 0 ? t('lifecycles.stages.used', { count: used }) : stages.length <= 2}
                onChange={(stages) => onChange({ stages })}
              />
            )}
            <Duties stage={stage} name={name} may={may} onChange={(part) => set(at, part)} />
          </li>
        )
      })}
    </List>
  )
}

/** Who works on the stage, how soon, and what counts as success: for handbook and SOP. */
function Duties({
  stage,
  name,
  may,
  onChange,
}: {
  stage: Stage
  name: string
  may: boolean
  onChange: (part: Partial<Stage>) => void
}) {
  const { t } = useTranslation()
  // Names inside the fields: filled in, three bare values would not say what they are.
  return (
    <div className={styles.duties}>
      <Input
        aria-label={t('manuals.owner_of', { name })}
        prefix={<span className="zk-muted">{t('manuals.owner')}</span>}
        maxLength={100}
        disabled={!may}
        value={stage.owner}
        onChange={(event) => onChange({ owner: event.target.value })}
      />
      <NumberInput
        aria-label={t('manuals.due_of', { name })}
        prefix={<span className="zk-muted">{t('manuals.due')}</span>}
        suffix={t('manuals.due_unit')}
        min={0}
        max={3650}
        precision={0}
        disabled={!may}
        value={stage.due_days || null}
        onChange={(days) => onChange({ due_days: days ?? 0 })}
      />
      <Input
        aria-label={t('manuals.goal_of', { name })}
        prefix={<span className="zk-muted">{t('manuals.goal')}</span>}
        maxLength={1000}
        disabled={!may}
        value={stage.goal}
        onChange={(event) => onChange({ goal: event.target.value })}
      />
    </div>
  )
}
