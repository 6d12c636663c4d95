import { useQueryClient } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { Bone, EmptyState, ErrorState, Page, PageHeader, SearchField, Section, useSay } from '@/kit'
import { copyShipped, type Industry, industries, type Shipped, useShipped, written } from '../api'
import shared from '../audiences.module.css'
import { CountButton } from '../CountButton'
import { grouped } from './grouped'
import styles from './shipped.module.css'

// i18n-keys: audiences.industry.*
/** Ready-made audiences by industry, with how many each would have. */
export default function ShippedPage() {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const asked = params.get('industry') as Industry | null
  const industry = asked && industries.includes(asked) ? asked : 'retail'
  const query = useShipped(industry)
  const [text, setText] = useState('')
  const groups = useMemo(() => grouped(query.data ?? [], text), [query.data, text])
  return (
    <Page>
      <PageHeader
        trail={[{ label: t('nav.audiences'), to: '/audiences' }]}
        title={t('audiences.shipped.title')}
        purpose={t('audiences.shipped.purpose')}
      />
      <div className={styles.shippedBar}>
        <SearchField
          delay={0}
          placeholder={t('audiences.shipped.search')}
          value={text}
          onChange={setText}
        />
        <div className={styles.scroll}>
          <Segmented<Industry>
            aria-label={t('audiences.shipped.industry')}
            value={industry}
            onChange={(next) => setParams({ industry: next }, { replace: true })}
            options={industries.map((value) => ({
              value,
              label: t(`audiences.industry.${value}`),
            }))}
          />
        </div>
      </div>
      {query.error && !query.data ? (
        <ErrorState error={query.error} onRetry={() => query.refetch()} />
      ) : !query.data ? (
        <div className={styles.gallery}>
          {['a', 'b', 'c', 'd', 'e', 'f'].map((k) => (
            <Bone key={k} width="100%" height={150} />
          ))}
        </div>
      ) : groups.length === 0 ? (
        <EmptyState title={t('audiences.shipped.none')} text={t('audiences.shipped.none_text')} />
      ) : (
        groups.map(([group, items]) => (
          <Section key={group} title={group}>
            <ul className={styles.gallery}>
              {items.map((item) => (
                <li key={`${industry} ${item.code}`} data-shipped={item.code}>
                  <Card item={item} industry={industry} />
                </li>
              ))}
            </ul>
          </Section>
        ))
      )}
    </Page>
  )
}

function Card({ item, industry }: { item: Shipped; industry: Industry }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const [busy, setBusy] = useState(false)
  const lacks = item.missing.length > 0
  const copy = async () => {
    setBusy(true)
    try {
      const made = await copyShipped(item, industry)
      written(client)
      done(t('audiences.saved', { name: made.name }))
      navigate(`/audiences/${made.id}`)
    } catch (error) {
      fail(error)
      setBusy(false)
    }
  }
  return (
    <div className={styles.card}>
      <h3>{item.name}</h3>
      <p>{item.sentence || item.description}</p>
      {lacks && (
        <p className={styles.lacks}>
          {t('audiences.shipped.lacks', { fields: item.missing.join(t('ui_list.comma')) })}
        </p>
      )}
      {item.made.length > 0 && (
        <div className={styles.made}>
          {t('audiences.shipped.made')}
          {item.made.slice(0, 3).map((a) => (
            <Link key={a.id} to={`/audiences/${a.id}`}>
              {a.name}
            </Link>
          ))}
        </div>
      )}
      <div className={styles.cardFoot}>
        <CountButton of={{ rule: item.rule }} name={item.name} disabled={lacks} />
        <span className={shared.tags}>
          <Button
            size="small"
            disabled={lacks}
            aria-label={t('audiences.shipped.change_of', { name: item.name })}
            onClick={() => navigate('/audiences/new', { state: { rule: item.rule } })}
          >
            {t('audiences.shipped.change')}
          </Button>
          <Button
            size="small"
            type="primary"
            disabled={lacks}
            loading={busy}
            aria-label={t('audiences.shipped.use_of', { name: item.name })}
            onClick={copy}
          >
            {t('audiences.shipped.use')}
          </Button>
        </span>
      </div>
    </div>
  )
}
