import { useTranslation } from 'react-i18next'
import { LevelTag, NumberInput, Section } from '@/kit'
import { tonesOf } from '../report/figures'
import type { Change } from './Basics'
import own from './cuts.module.css'
import styles from './editor.module.css'
import { FieldError, statusOf, useFieldError } from './Field'
import type { FormScheme } from './model'

/** From which score on a level begins. */
export function Cuts({ form, onChange }: { form: FormScheme; onChange: Change }) {
  const { t } = useTranslation()
  const tones = tonesOf(form.levels)
  const bands = form.levels
    .map((level, i) => ({
      level,
      from: form.cuts[i] ?? 0,
      to: i === 0 ? 100 : (form.cuts[i - 1] ?? 100),
    }))
    .reverse()
  return (
    <Section boxed title={t('tiers.editor.cuts')} note={t('tiers.editor.cuts_note')}>
      <div className={own.cutBar} aria-hidden="true">
        {bands.map(({ level, from, to }) => (
          <span
            key={level.key}
            style={{
              width: `${Math.max(0, Math.min(100, to) - Math.max(0, from))}%`,
              background: `var(--zk-tone-${tones.get(level.code) ?? 0})`,
            }}
          />
        ))}
      </div>
      <FieldError path="score.cuts" />
      <ul className={own.cuts}>
        {form.levels.map((level, i) => (
          <li key={level.key}>
            <LevelTag level={{ ...level, rank: i + 1 }} tone={tones.get(level.code)} />
            {i < form.levels.length - 1 ? (
              <Cut
                at={i}
                name={level.name}
                value={form.cuts[i] ?? null}
                onChange={(cut) => onChange({ cuts: form.cuts.map((c, k) => (k === i ? cut : c)) })}
              />
            ) : (
              <span className="zk-muted">{t('tiers.editor.rest')}</span>
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Cut({
  at,
  name,
  value,
  onChange,
}: {
  at: number
  name: string
  value: number | null
  onChange: (cut: number | null) => void
}) {
  const { t } = useTranslation()
  const path = `score.cuts[${at}]`
  const error = useFieldError(path)
  return (
    <span>
      <NumberInput
        className={styles.weight}
        aria-label={t('tiers.editor.cut_of', { level: name })}
        min={0}
        max={100}
        value={value}
        status={statusOf(error)}
        prefix="≥"
        suffix={t('tiers.unit.score')}
        onChange={onChange}
      />
      <FieldError path={path} />
    </span>
  )
}
