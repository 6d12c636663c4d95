import { Button, Input, Select } from 'antd'
import { Plus, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { MoveButtons, moved, Section, ToneTag } from '@/kit'
import type { Config, Stage } from '../api'
import { newStage, put, usesOf } from './draft'
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
    <Section
      title={t('lifecycles.stages')}
      note={t('lifecycles.stages.note')}
      extra={
        may && (
          <Button
            size="small"
            icon={<Plus size={14} />}
            disabled={stages.length >= most}
            onClick={() => onChange({ stages: [...stages, newStage(config)] })}
          >
            {t('lifecycles.stages.add')}
          </Button>
        )
      }
    >
      <ol className={styles.list}>
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
                <span className={styles.acts}>
                  <MoveButtons
                    name={name}
                    at={at}
                    count={stages.length}
                    onMove={(to) => onChange({ stages: moved(stages, at, to) })}
                  />
                  <Button
                    type="text"
                    size="small"
                    icon={<Trash2 size={15} />}
                    disabled={used > 0 || stages.length <= 2}
                    aria-label={t('lifecycles.remove', { name })}
                    title={
                      used > 0
                        ? t('lifecycles.stages.used', { count: used })
                        : t('lifecycles.remove', { name })
                    }
                    onClick={() => onChange({ stages: stages.filter((_, i) => i !== at) })}
                  />
                </span>
              )}
            </li>
          )
        })}
      </ol>
    </Section>
  )
}
