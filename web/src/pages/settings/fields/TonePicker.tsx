import { Popover } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './fields.module.css'

const swatches = [
  styles.t0,
  styles.t1,
  styles.t2,
  styles.t3,
  styles.t4,
  styles.t5,
  styles.t6,
  styles.t7,
  styles.t8,
]

interface Props {
  value?: number
  onChange?: (tone: number) => void
  label: string
}

/** The nine fixed colours side by side. */
export function Tones({ value = 0, onChange, label }: Props) {
  const { t } = useTranslation()
  return (
    <div role="radiogroup" aria-label={label} className={styles.tones}>
      {swatches.map((swatch, tone) => (
        // biome-ignore lint/a11y/useSemanticElements: a colour is shown, not a text
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: a tone is its place
          key={tone}
          type="button"
          role="radio"
          aria-checked={value === tone}
          aria-label={t('tag.tone_n', { n: tone })}
          className={styles.tone}
          onClick={() => onChange?.(tone)}
        >
          <span className={`${styles.swatch} ${swatch}`} aria-hidden="true" />
        </button>
      ))}
    </div>
  )
}

/** One colour that opens the others. */
export function TonePicker({ value = 0, onChange, label }: Props) {
  const [open, setOpen] = useState(false)
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      content={
        <Tones
          label={label}
          value={value}
          onChange={(tone) => {
            setOpen(false)
            onChange?.(tone)
          }}
        />
      }
    >
      <button type="button" className={styles.tone} aria-label={label}>
        <span className={`${styles.swatch} ${swatches[value] ?? ''}`} aria-hidden="true" />
      </button>
    </Popover>
  )
}
