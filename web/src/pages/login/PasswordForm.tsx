import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { Check, Circle } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { type ApiError, asApiError } from '@/api/errors'
import { FormError, showFieldErrors } from '@/kit/FormDrawer'
import { sessionKey } from '@/kit/session'
import styles from './login.module.css'
import { minLength, passwordRules } from './password'

interface Values {
  current: string
  new: string
  again: string
}

/** Changes one's own password; all other sessions of the person end. */
export function PasswordForm({ login, onDone }: { login: string; onDone: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<{ error: ApiError; rest: string[] } | null>(null)
  const typed = Form.useWatch('new', form) ?? ''
  const rules = passwordRules(typed, login)

  const submit = async (values: Values) => {
    setBusy(true)
    setFailure(null)
    try {
      const me = await ok(
        api.POST('/session/password', { body: { current: values.current, new: values.new } }),
      )
      if (me) client.setQueryData(sessionKey, me)
      else await client.invalidateQueries({ queryKey: sessionKey })
      form.resetFields()
      onDone()
    } catch (thrown) {
      const error = asApiError(thrown)
      setFailure({ error, rest: showFieldErrors(form, error) })
    } finally {
      setBusy(false)
    }
  }

  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      className={styles.fields}
      onFinish={submit}
    >
      <FormError error={failure?.error} rest={failure?.rest} />
      {/* For password managers: whose password this is. */}
      <input type="text" autoComplete="username" value={login} readOnly hidden />
      <Form.Item
        name="current"
        label={t('password.current')}
        rules={[{ required: true, message: t('password.current_missing') }]}
      >
        <Input.Password autoComplete="current-password" maxLength={200} />
      </Form.Item>
      <Form.Item
        name="new"
        label={t('password.new')}
        rules={[
          {
            validator: async (_rule, value: string | undefined) => {
              const broken = passwordRules(value ?? '', login).find((r) => !r.met)
              if (broken) throw new Error(t(broken.key, { min: minLength }))
            },
          },
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
      <ul className={styles.rules}>
        {rules.map((rule) => (
          <li key={rule.key} className={rule.met ? styles.met : ''}>
            {rule.met ? (
              <Check size={14} aria-hidden="true" />
            ) : (
              <Circle size={14} aria-hidden="true" />
            )}
            {t(rule.key, { min: minLength })}
          </li>
        ))}
      </ul>
      <Form.Item
        name="again"
        label={t('password.again')}
        dependencies={['new']}
        rules={[
          {
            validator: async (_rule, value: string | undefined) => {
              if (value !== form.getFieldValue('new')) throw new Error(t('password.differs'))
            },
          },
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('password.change')}
      </Button>
    </Form>
  )
}
