import { Check, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/kit'
import type { ConditionView, Measure, RuleView } from '../api'
import { isField, metricUnit } from '../schemes/units'
import { conditionText, valueText } from '../schemes/words'
import { meter } from './meter'
import styles from './reason.module.css'

/** A rule's conditions for one customer: what holds, the figure against the threshold. */
export function Conditions({ rule, measure }: { rule: RuleView; measure: Measure }) {
  const { t } = useTranslation()
  const all = rule.conditions.filter((c) => !c.any)
  const any = rule.conditions.filter((c) => c.any)
  return (
    <div className={styles.groups}>
      {all.length > 0 && <List items={all} measure={measure} />}
      {any.length > 0 && (
        <div>
          <p className={styles.group}>{t('tiers.editor.any')}</p>
          <List items={any} measure={measure} />
        </div>
      )}
    </div>
  )
}

function List({ items, measure }: { items: ConditionView[]; measure: Measure }) {
  return (
    <ul className={styles.conditions}>
      {items.map((c, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two may say the same, the order is fixed
        <Line key={i} c={c} measure={measure} />
      ))}
    </ul>
  )
}

function Line({ c, measure }: { c: ConditionView; measure: Measure }) {
  const { t } = useTranslation()
  const f = useFormat()
  const unit = metricUnit(c.metric)
  const write = (v: number | null) =>
    v === null ? t('tiers.reason.none') : valueText(t, f, unit === 'yuan' ? v / 100 : v, unit)
  // What a custom field was then, the run itself says.
  const said = c.who || isField(c.metric)
  const bar = said ? null : meter(c.figure, c.threshold)
  const Icon = c.holds ? Check : X
  return (
    <li className={c.holds ? styles.holds : styles.fails}>
      <span className={styles.sign}>
        <Icon size={14} aria-hidden="true" />
        <span className="zk-sr">{c.holds ? t('tiers.reason.holds') : t('tiers.reason.fails')}</span>
      </span>
      <div className={styles.condition}>
        <div>{said ? c.text : conditionText(t, f, c, measure)}</div>
        {bar && (
          <div className={styles.meter} aria-hidden="true">
            <span style={{ width: `${bar.figure}%` }} />
            <i style={{ left: `${bar.threshold}%` }} />
          </div>
        )}
        {!said && (
          <div className={styles.numbers}>
            <span>
              {t('tiers.reason.figure')} <b className="zk-num">{write(c.figure)}</b>
            </span>
            <span>
              {t('tiers.reason.threshold')} <span className="zk-num">{write(c.threshold)}</span>
            </span>
          </div>
        )}
      </div>
    </li>
  )
}
