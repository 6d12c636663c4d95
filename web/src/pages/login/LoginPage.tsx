import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, useSearchParams } from 'react-router'
import { api, ok } from '@/api/client'
import { type ApiError, asApiError } from '@/api/errors'
import { useFormat } from '@/kit'
import { sessionKey, useSessionQuery } from '@/kit/session'
import { errorRef, errorText } from '@/kit/states'
import { AuthFrame } from './AuthFrame'
import styles from './login.module.css'
import { safeNext } from './next'

/** Sign-in. Says apart: wrong password, locked until, too often, no connection. */
export default function LoginPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const session = useSessionQuery()
  const [params] = useSearchParams()
  const [form] = Form.useForm<{ login: string; password: string }>()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError | null>(null)
  const wait = useCountdown(error)
  const next = params.get('next')

  if (session.data) {
    const forced = session.data.staff.must_change_password
    return <Navigate to={forced ? '/password' : safeNext(next)} replace />
  }

  const submit = async (values: { login: string; password: string }) => {
    setBusy(true)
    setError(null)
    try {
      const me = await ok(
        api.POST('/session', {
          body: { login: values.login.trim(), password: values.password },
        }),
      )
      client.setQueryData(sessionKey, me)
    } catch (thrown) {
      setError(asApiError(thrown))
      form.setFieldValue('password', '')
      form.focusField('password')
    } finally {
      setBusy(false)
    }
  }

  return (
    <AuthFrame title={t('login.title')} text={t('login.text')}>
      {error ? (
        <LoginError error={error} wait={wait} />
      ) : (
        next && <Alert className={styles.alert} type="info" showIcon title={t('login.expired')} />
      )}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        className={styles.fields}
        onFinish={submit}
      >
        <Form.Item
          name="login"
          label={t('common.login_name')}
          rules={[{ required: true, whitespace: true, message: t('login.login_missing') }]}
        >
          <Input
            size="large"
            autoFocus
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={64}
          />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('common.password')}
          rules={[{ required: true, message: t('login.password_missing') }]}
        >
          <Input.Password size="large" autoComplete="current-password" maxLength={200} />
        </Form.Item>
        <Button
          type="primary"
          size="large"
          htmlType="submit"
          block
          loading={busy}
          disabled={wait > 0}
        >
          {wait > 0 ? t('login.wait', { seconds: wait }) : t('common.sign_in')}
        </Button>
      </Form>
      <p className={styles.small}>{t('login.forgot')}</p>
    </AuthFrame>
  )
}

/** Seconds until another try makes sense; 0 when it does. */
function useCountdown(error: ApiError | null): number {
  const [left, setLeft] = useState(0)
  useEffect(() => {
    const until = error?.retryAfter ?? 0
    // A lock of many minutes is told as a time of day, not counted down.
    if (until <= 0 || until > 120) {
      setLeft(0)
      return
    }
    setLeft(until)
    const timer = setInterval(() => setLeft((s) => Math.max(0, s - 1)), 1000)
    return () => clearInterval(timer)
  }, [error])
  return left
}

function LoginError({ error, wait }: { error: ApiError; wait: number }) {
  const { t } = useTranslation()
  const f = useFormat()
  const until = error.params.until
  const { title, text } = errorText(error, t)
  let [head, body] = [title, text]
  if (typeof until === 'number') {
    head = t('login.locked')
    body = t('login.locked_until', { time: f.dateTime(until), left: f.relative(until) })
  } else if (error.status === 401 && error.code.endsWith('bad_credentials')) {
    head = t('login.wrong')
    body = t('login.wrong_text')
  } else if (error.status === 403) {
    // Known only to who has the right password: the account is disabled.
    head = error.detail || title
    body = ''
  } else if (error.status === 429) {
    head = t('login.too_often')
    body = wait > 0 ? t('login.too_often_text') : text
  }
  return (
    <Alert
      className={styles.alert}
      type={error.status === 429 || typeof until === 'number' ? 'warning' : 'error'}
      showIcon
      role="alert"
      title={head}
      description={
        body || error.requestId ? (
          <>
            {body}
            {(error.offline || error.status >= 500) && <div>{errorRef(error, t)}</div>}
          </>
        ) : undefined
      }
    />
  )
}
