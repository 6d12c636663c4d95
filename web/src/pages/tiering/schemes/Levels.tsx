import { Button, Dropdown, Input } from 'antd'
import { Plus, Tags, Trash2 } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Grip, MoveButtons, moved, Section, useFormat, useReorder } from '@/kit'
import type { Method } from '../api'
import { tonesOf } from '../report/figures'
import type { Change } from './Basics'
import { maxLevels } from './check'
import styles from './editor.module.css'
import { FieldError, statusOf, useFieldError } from './Field'
import { addLevel, type FormLevel, removeLevel } from './model'

const presets = ['value', 'low', 'metal', 'vip'] as const
// What R, F and M of each RFM group are against their average.
const groups = ['111', '101', '011', '001', '110', '100', '010', '000']

// i18n-keys: tiers.preset.*
/** The levels, best first: their names, order and next steps. */
export const Levels = memo(function Levels({
  levels,
  cuts,
  method,
  onChange,
}: {
  levels: FormLevel[]
  cuts: (number | null)[]
  method: Method
  onChange: Change
}) {
  const { t } = useTranslation()
  const fixed = method === 'rfm'
  const tones = tonesOf(levels)
  const move = (from: number, to: number) =>
    onChange((form) => ({ levels: moved(form.levels, from, to) }))
  const reorder = useReorder(move)
  const put = (at: number, part: Partial<FormLevel>) =>
    onChange((form) => ({
      levels: form.levels.map((l, i) => (i === at ? { ...l, ...part } : l)),
    }))
  const rename = (key: string) => {
    const names = t(`tiers.preset.${key}`).split(/[、,]\s*/)
    onChange((form) => ({
      levels: form.levels.map((l, i) => ({ ...l, name: names[i] ?? l.name })),
    }))
  }
  return (
    <Section
      boxed
      title={t('tiers.editor.levels')}
      note={fixed ? t('tiers.editor.levels_fixed') : t('tiers.editor.levels_note')}
      extra={
        !fixed && (
          <Dropdown
            trigger={['click']}
            menu={{
              items: presets.map((key) => ({ key, label: t(`tiers.preset.${key}`) })),
              onClick: ({ key }) => rename(key),
            }}
          >
            <Button size="small" icon={<Tags size={15} />}>
              {t('tiers.editor.presets')}
            </Button>
          </Dropdown>
        )
      }
    >
      <FieldError path="levels" />
      <ol className={styles.levels}>
        {levels.map((level, i) => (
          <li
            key={level.key}
            className={reorder.dragged === i ? styles.dragged : ''}
            {...(fixed ? {} : reorder.row(i))}
          >
            {!fixed && <Grip />}
            <span
              className={styles.swatch}
              style={{ background: `var(--zk-tone-${tones.get(level.code) ?? 0})` }}
              aria-hidden="true"
            />
            <LevelFields
              level={level}
              at={i}
              note={
                fixed ? (
                  <Group at={i} />
                ) : (
                  <Place levels={levels} cuts={cuts} method={method} at={i} />
                )
              }
              onChange={(part) => put(i, part)}
            />
            {!fixed && (
              <span className={styles.rowActions}>
                <MoveButtons
                  name={level.name}
                  at={i}
                  count={levels.length}
                  onMove={(to) => move(i, to)}
                />
                <Button
                  type="text"
                  size="small"
                  icon={<Trash2 size={15} />}
                  disabled={levels.length <= 2}
                  aria-label={t('tiers.editor.remove', { name: level.name })}
                  onClick={() => onChange((form) => removeLevel(form, i))}
                />
              </span>
            )}
          </li>
        ))}
      </ol>
      {!fixed && (
        <div>
          <Button
            type="dashed"
            icon={<Plus size={15} />}
            disabled={levels.length >= maxLevels}
            onClick={() =>
              onChange((form) =>
                addLevel(form, t('tiers.editor.new_level', { n: levels.length + 1 })),
              )
            }
          >
            {t('tiers.editor.add_level')}
          </Button>
        </div>
      )}
    </Section>
  )
})

function LevelFields({
  level,
  at,
  note,
  onChange,
}: {
  level: FormLevel
  at: number
  note: React.ReactNode
  onChange: (part: Partial<FormLevel>) => void
}) {
  const { t } = useTranslation()
  const nameError = useFieldError(`levels[${at}].name`)
  const adviceError = useFieldError(`levels[${at}].advice`)
  return (
    <div className={styles.levelFields}>
      <div>
        <Input
          aria-label={t('tiers.editor.level_name', { n: at + 1 })}
          maxLength={30}
          value={level.name}
          status={statusOf(nameError)}
          onChange={(e) => onChange({ name: e.target.value })}
        />
        <FieldError path={`levels[${at}].name`} />
        <div className={styles.extra}>{note}</div>
      </div>
      <div>
        <Input.TextArea
          aria-label={t('tiers.editor.level_advice', { name: level.name })}
          placeholder={t('tiers.editor.advice_hint')}
          className={styles.advice}
          rows={2}
          maxLength={300}
          value={level.advice}
          status={statusOf(adviceError)}
          onChange={(e) => onChange({ advice: e.target.value })}
        />
        <FieldError path={`levels[${at}].advice`} />
      </div>
    </div>
  )
}

/** Whom a level takes, where that follows from its place. */
function Place({
  levels,
  cuts,
  method,
  at,
}: {
  levels: FormLevel[]
  cuts: (number | null)[]
  method: Method
  at: number
}) {
  const { t } = useTranslation()
  const f = useFormat()
  if (method === 'score') {
    const from = cuts[at] ?? 0
    const to = at === 0 ? 100 : (cuts[at - 1] ?? 100)
    return t('tiers.editor.score_range', { from: f.count(from, 1), to: f.count(to, 1) })
  }
  if (at === levels.length - 1)
    return t(method === 'model' ? 'tiers.editor.model_rest' : 'tiers.editor.rest')
  return null
}

function Group({ at }: { at: number }) {
  const { t } = useTranslation()
  const group = groups[at]
  if (!group) return t('tiers.editor.no_purchase')
  return (
    <span className="zk-num">
      {['R', 'F', 'M'].map((axis, i) => `${axis} ${group[i] === '1' ? '↑' : '↓'}`).join('  ')}
    </span>
  )
}
