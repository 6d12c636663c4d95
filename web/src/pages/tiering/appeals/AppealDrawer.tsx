import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Radio } from 'antd'
import { ArrowRight, Download } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, downloadUrl, ok } from '@/api/client'
import { type ApiError, asApiError } from '@/api/errors'
import { perm } from '@/app/permissions'
import {
  Bones,
  DateTime,
  DetailDrawer,
  Facts,
  FormError,
  QueryView,
  Section,
  StatusTag,
  useConfirmWithUndo,
  useMe,
  useSay,
} from '@/kit'
import { useDimensions } from '../queries'
import { levelsChanged } from '../record/api'
import { type Appeal, states, useAppeal } from './api'
import styles from './appeals.module.css'

/** One appeal: what is held against the level, and where it is answered or taken back. */
export function AppealDrawer({ id, onClose }: { id: number | null; onClose: () => void }) {
  const { t } = useTranslation()
  const query = useAppeal(id)
  const appeal = query.data
  return (
    <DetailDrawer
      open={id !== null}
      onClose={onClose}
      title={appeal?.customer_name ?? t('ui_appeal.one')}
      extra={
        appeal && (
          <Link to={`/customers/${appeal.customer_id}`} className={styles.link}>
            {t('tiers.reason.customer')} <ArrowRight size={14} aria-hidden="true" />
          </Link>
        )
      }
    >
      <QueryView query={query} compact skeleton={<Bones rows={8} />}>
        {(a) => <Body key={a.status} appeal={a} />}
      </QueryView>
    </DetailDrawer>
  )
}

function Body({ appeal: a }: { appeal: Appeal }) {
  const { t } = useTranslation()
  const me = useMe()
  const dimension = useDimensions(true).data?.find((d) => d.code === a.dimension)
  const open = a.status === 'open'
  return (
    <>
      <Facts
        columns={2}
        items={[
          {
            label: t('common.status'),
            value: (
              <StatusTag kind={states[a.status]}>{t(`ui_appeal.status.${a.status}`)}</StatusTag>
            ),
          },
          { label: t('ui_dimension.one'), value: dimension?.name ?? a.dimension },
          { label: t('ui_appeal.level'), value: a.level_name || t('ui_review.no_level') },
          { label: t('ui_appeal.wanted'), value: a.wanted_name },
          { label: t('ui_appeal.made_by'), value: a.made_by_name || null },
          { label: t('ui_appeal.made_at'), value: <DateTime at={a.made_at} /> },
        ]}
      />
      <Section title={t('ui_appeal.evidence')}>
        <p className={styles.text}>{a.evidence}</p>
        {a.attachment_id > 0 && (
          <a href={downloadUrl(`/attachments/${a.attachment_id}`, {})} className={styles.link}>
            <Download size={14} aria-hidden="true" /> {t('ui_appeal.download')}
          </a>
        )}
      </Section>
      {a.answer && (
        <Section title={t('ui_appeal.answer')}>
          <p className={styles.text}>{a.answer}</p>
          <small className="zk-muted">
            {a.decided_by_name} · <DateTime at={a.decided_at} />
          </small>
        </Section>
      )}
      {open && me.can(perm.tierHand) && <AnswerForm appeal={a} />}
      {open && a.made_by === me.staff.id && me.can(perm.tierAppeal) && <Withdraw appeal={a} />}
    </>
  )
}

interface Values {
  uphold: boolean
  answer: string
}

function AnswerForm({ appeal }: { appeal: Appeal }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done } = useSay()
  const [form] = Form.useForm<Values>()
  const uphold = Form.useWatch('uphold', form)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const submit = async (body: Values) => {
    setBusy(true)
    setFailure(null)
    try {
      await ok(
        api.POST('/tiering/appeals/{id}/answer', { params: { path: { id: appeal.id } }, body }),
      )
      done(t(body.uphold ? 'ui_appeal.upheld' : 'ui_appeal.declined'))
      await levelsChanged(client)
    } catch (error) {
      setFailure(asApiError(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Section title={t('ui_appeal.decide')} boxed>
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark="optional"
        disabled={busy}
        onFinish={submit}
      >
        <FormError
          error={failure}
          rest={failure?.fields.map((x) => x.message)}
          onReload={() => client.invalidateQueries({ queryKey: ['tiering', 'appeals'] })}
        />
        <Form.Item
          name="uphold"
          label={t('ui_appeal.decision')}
          extra={uphold ? t('ui_appeal.uphold_extra', { level: appeal.wanted_name }) : undefined}
          rules={[{ required: true, message: t('ui_appeal.decision_missing') }]}
        >
          <Radio.Group
            options={[
              { value: true, label: t('ui_appeal.uphold') },
              { value: false, label: t('ui_appeal.decline') },
            ]}
          />
        </Form.Item>
        <Form.Item
          name="answer"
          label={t('common.reason')}
          extra={t('ui_appeal.answer_extra')}
          rules={[{ required: true, whitespace: true, message: t('ui_review.reason_missing') }]}
        >
          <Input.TextArea rows={3} maxLength={1000} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('ui_appeal.answer_now')}
        </Button>
      </Form>
    </Section>
  )
}

function Withdraw({ appeal }: { appeal: Appeal }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const confirm = useConfirmWithUndo()
  return (
    <Button
      className={styles.withdraw}
      onClick={() =>
        confirm({
          title: t('ui_appeal.withdraw_title', { name: appeal.customer_name }),
          text: t('ui_appeal.withdraw_text'),
          confirmText: t('ui_appeal.withdraw'),
          done: t('ui_appeal.withdrawn'),
          act: async () => {
            await ok(
              api.POST('/tiering/appeals/{id}/withdraw', { params: { path: { id: appeal.id } } }),
            )
            await client.invalidateQueries({ queryKey: ['tiering', 'appeals'] })
          },
        })
      }
    >
      {t('ui_appeal.withdraw')}
    </Button>
  )
}
