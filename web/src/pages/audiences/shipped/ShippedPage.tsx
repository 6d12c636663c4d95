import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useSearchParams } from 'react-router'
import {
  Bone,
  EmptyState,
  ErrorState,
  Page,
  PageHeader,
  SearchField,
  Section,
  useFormat,
  useSay,
} from '@/kit'
import {
  copyShipped,
  count,
  type Industry,
  industries,
  key,
  type Shipped,
  useShipped,
  written,
} from '../api'
import styles from '../audiences.module.css'
import { grouped } from './grouped'

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
                <li key={item.code} data-shipped={item.code}>
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
  const f = useFormat()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  const lacks = item.missing.length > 0
  const now = useQuery({
    queryKey: [...key, 'shipped', industry, 'count', item.code],
    enabled: asked,
    queryFn: ({ signal }) => count({ rule: item.rule }, signal),
  })
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
      {now.error && !now.data && <ErrorState compact error={now.error} />}
      <div className={styles.cardFoot}>
        {now.data ? (
          <span role="status" className="zk-num">
            {t('audiences.shipped.counted', {
              count: now.data.count,
              shown: f.count(now.data.count),
            })}
          </span>
        ) : (
          <Button
            size="small"
            type="text"
            disabled={lacks}
            loading={now.isFetching}
            aria-label={t('audiences.shipped.count_of', { name: item.name })}
            onClick={() => (asked ? now.refetch() : setAsked(true))}
          >
            {t('audiences.shipped.count')}
          </Button>
        )}
        <span className={styles.tags}>
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
