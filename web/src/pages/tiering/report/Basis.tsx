import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { Facts, Section, useFormat, useMe } from '@/kit'
import type { Summary } from '../api'
import { useSchemeOf } from '../queries'
import { named, useFiguresOf } from '../schemes/figures'
import { conditionText, foundText, metricName, peopleText } from '../schemes/words'
import styles from './report.module.css'

/** On what the report stands: definitions, the thresholds of this run, what was not there. */
export function Basis({ summary }: { summary: Summary }) {
  const { t } = useFiguresOf(summary.fields)
  const f = useFormat()
  const { i18n } = useTranslation()
  const { scheme } = summary
  const measure = metricName(t, 'spend', scheme.measure)
  return (
    <Section title={t('tiers.basis.title')} note={t('tiers.basis.note')} boxed>
      <div className={styles.basis}>
        <Facts
          items={[
            { label: measure, value: t(`tiers.measure_text.${scheme.measure}`) },
            { label: t('tiers.buyers'), value: t('tiers.basis.buyers') },
            { label: t('tiers.metric.aov'), value: t('tiers.metric_hint.aov') },
            { label: t('tiers.repurchase'), value: t('tiers.repurchase.definition') },
            { label: t('tiers.sets.top20'), value: t('tiers.basis.top20') },
            { label: t('tiers.basis.gini'), value: t('tiers.basis.gini_text') },
            { label: t('tiers.basis.rounding'), value: t('tiers.basis.rounding_text') },
          ]}
        />
        <div>
          <Thresholds summary={summary} />
          {summary.models && summary.models.length > 0 && (
            <>
              <h3 className={styles.basisTitle}>{t('tiers.basis.models')}</h3>
              <ul className={styles.basisList}>
                {summary.models.map((m) => (
                  <li key={m.kind}>
                    {t('tiers.basis.model_line', {
                      kind: t(`models.kind.${m.kind}`),
                      version: m.version,
                      day: m.as_of,
                    })}
                  </li>
                ))}
              </ul>
            </>
          )}
          {summary.fields && summary.fields.length > 0 && (
            <>
              <h3 className={styles.basisTitle}>{t('ui_tier_field.own')}</h3>
              <ul className={styles.basisList}>
                <li>
                  {t('ui_tier_field.basis', {
                    list: summary.fields
                      .map((x) => metricName(t, x.metric))
                      .join(t('tiers.join.list')),
                  })}
                </li>
              </ul>
            </>
          )}
          {summary.missing && summary.missing.length > 0 && (
            <>
              <h3 className={styles.basisTitle}>{t('tiers.basis.missing')}</h3>
              <ul className={styles.basisList}>
                {summary.missing.map((m) => (
                  <li key={m.field ?? m.metric}>
                    {t('tiers.basis.missing_line', {
                      metric: m.metric
                        ? metricName(t, m.metric, scheme.measure)
                        : m.name && named(i18n.language, m.name),
                      value: f.count(m.customers),
                      count: m.customers,
                    })}
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      </div>
    </Section>
  )
}

/** The rules of the scheme with the numbers they came to in this run. */
function Thresholds({ summary }: { summary: Summary }) {
  const { t } = useFiguresOf(summary.fields)
  const f = useFormat()
  const { scheme, thresholds } = summary
  const me = useMe()
  const people = (scheme.rules ?? []).some((r) =>
    [...(r.all ?? []), ...(r.any ?? [])].some((c) => 'who' in c),
  )
  // What rules of audiences say comes with the scheme.
  const said = useSchemeOf(
    people && me.can(perm.tierView)
      ? { scheme: scheme.code, scheme_version: summary.version }
      : undefined,
  ).data?.sentences
  if (scheme.method !== 'rules' || !scheme.rules) return null
  let at = 0
  return (
    <>
      <h3 className={styles.basisTitle}>{t('tiers.basis.thresholds')}</h3>
      <ol className={styles.basisRules}>
        {scheme.rules.map((rule) => {
          const level = scheme.levels.find((l) => l.code === rule.level)
          const lines = [...(rule.all ?? []), ...(rule.any ?? [])].map((c) => {
            const i = at++
            return { c, at: i, found: thresholds?.[i] ?? null, said: said?.[i] ?? '' }
          })
          return (
            <li key={`${rule.level} ${rule.name}`}>
              <b>{level?.name}</b> · {rule.name}
              <ul>
                {lines
                  .filter(({ c }) => !c.off)
                  .map(({ c, at, found, said }) => {
                    if ('who' in c) return <li key={at}>{peopleText(t, said)}</li>
                    const relative = c.op !== 'at_least' && c.op !== 'at_most'
                    const value =
                      found === null ? t('tiers.basis.nobody') : foundText(t, f, c.metric, found)
                    return (
                      <li key={at}>
                        {conditionText(t, f, c, scheme.measure)}
                        {relative && (
                          <span className={styles.found}>{t('tiers.basis.found', { value })}</span>
                        )}
                      </li>
                    )
                  })}
              </ul>
            </li>
          )
        })}
      </ol>
    </>
  )
}
