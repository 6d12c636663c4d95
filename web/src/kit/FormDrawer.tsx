import type { FormProps } from 'antd'
import { Alert, Button, Drawer, Form, type FormInstance } from 'antd'
import { type ReactNode, useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { type ApiError, asApiError } from '@/api/errors'
import styles from './drawer.module.css'
import { useIsPhone } from './media'
import { errorRef, errorText } from './states'
import { Typed, useTyped, useUnread } from './typed/scope'

export interface FormDrawerProps<V extends object> {
  open: boolean
  title: string
  /** One line under the title. */
  note?: ReactNode
  initial: Partial<V>
  onClose: () => void
  /** Throws what the API threw; field errors go to their fields. */
  onSubmit: (values: V) => Promise<unknown>
  submitText?: string
  width?: number
  /** Offered on a 409: loads what is there now. */
  onReload?: () => void
  form?: FormInstance<V>
  children: ReactNode
}

type FieldPath = (string | number)[]

/** "rows[3].phone" → ["rows", 3, "phone"], the form antd knows. */
export function fieldPath(path: string): FieldPath {
  return path
    .replace(/^body\./, '')
    .split(/[.[\]]+/)
    .filter(Boolean)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

/** Puts the field errors of a problem onto the form; gives those that no field took. */
export function showFieldErrors<V>(form: FormInstance<V>, error: ApiError): string[] {
  const rest: string[] = []
  for (const { path, message } of error.fields) {
    const name = fieldPath(path)
    const known = form.getFieldInstance(name as never) !== undefined
    if (known) form.setFields([{ name: name as never, errors: [message] }])
    else rest.push(message)
  }
  if (error.fields.length > rest.length) {
    const first = error.fields.find((x) => form.getFieldInstance(fieldPath(x.path) as never))
    if (first) form.scrollToField(fieldPath(first.path) as never, { focus: true, block: 'center' })
  }
  return rest
}

/** Failure of a form as a whole: what is wrong, or that somebody else changed it. */
export function FormError({
  error,
  rest = [],
  onReload,
}: {
  error: unknown
  rest?: string[]
  onReload?: () => void
}) {
  const { t } = useTranslation()
  if (!error) return null
  const e = asApiError(error)
  const { title, text } = errorText(e, t)
  const handled = e.fields.length > 0 && rest.length === 0
  if (handled) return null
  return (
    <Alert
      className={styles.alert}
      type={e.status === 409 ? 'warning' : 'error'}
      showIcon
      role="alert"
      title={title}
      description={
        <>
          {text}
          {rest.length > 0 && (
            <ul className={styles.rest}>
              {rest.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          )}
          <div className={styles.ref}>{errorRef(e, t)}</div>
        </>
      }
      action={
        e.status === 409 && onReload ? (
          <Button size="small" onClick={onReload}>
            {t('ui.reload')}
          </Button>
        ) : undefined
      }
    />
  )
}

const layout: FormProps = { layout: 'vertical', requiredMark: 'optional' }

/**
 * A form in a drawer: ⌘/Ctrl + Enter saves, Esc closes, unsaved changes are not
 * lost silently, and errors of the server stand at their fields. Nothing is
 * sent while a date or a number cannot be read.
 */
export function FormDrawer<V extends object>(props: FormDrawerProps<V>) {
  const { open, title, note, initial, onClose, onSubmit, submitText, width = 480 } = props
  const { t } = useTranslation()
  const phone = useIsPhone()
  const typed = useTyped()
  const [own] = Form.useForm<V>()
  const form = props.form ?? own
  const [busy, setBusy] = useState(false)
  const [changed, setChanged] = useState(false)
  const unread = useUnread(typed)
  const dirty = changed || unread
  const [leaving, setLeaving] = useState(false)
  const [failure, setFailure] = useState<{ error: unknown; rest: string[] } | null>(null)

  useEffect(() => {
    if (open) {
      setChanged(false)
      setLeaving(false)
      setFailure(null)
      setBusy(false)
    }
  }, [open])

  const close = () => {
    if (busy) return
    if (dirty && !leaving) setLeaving(true)
    else onClose()
  }

  const submit = async (values: V) => {
    if (!typed.readable()) return
    setBusy(true)
    setFailure(null)
    try {
      await onSubmit(values)
    } catch (thrown) {
      const error = asApiError(thrown)
      // What is disabled takes no focus: the fields are free again before the first wrong one gets it.
      flushSync(() => setBusy(false))
      setFailure({ error, rest: showFieldErrors(form, error) })
    } finally {
      setBusy(false)
    }
  }

  return (
    <Drawer
      open={open}
      onClose={close}
      title={title}
      size={phone ? '100%' : width}
      destroyOnHidden
      footer={
        leaving ? (
          <div className={styles.footer} role="alertdialog" aria-label={t('ui.form.unsaved')}>
            <span className={styles.unsaved}>{t('ui.form.unsaved')}</span>
            <Button onClick={() => setLeaving(false)}>{t('ui.form.keep')}</Button>
            <Button danger onClick={onClose}>
              {t('ui.form.discard')}
            </Button>
          </div>
        ) : (
          <div className={styles.footer}>
            <Button onClick={close}>{t('common.cancel')}</Button>
            <Button type="primary" loading={busy} onClick={() => form.submit()}>
              {submitText ?? t('common.save')}
            </Button>
          </div>
        )
      }
    >
      <Form<V>
        {...layout}
        form={form}
        initialValues={initial}
        disabled={busy}
        onFinish={submit}
        onValuesChange={() => setChanged(true)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) form.submit()
        }}
        // In the middle, so that its label is seen, too.
        scrollToFirstError={{ focus: true, block: 'center' }}
      >
        {note && <p className={styles.note}>{note}</p>}
        <FormError error={failure?.error} rest={failure?.rest} onReload={props.onReload} />
        <Typed fields={typed}>{props.children}</Typed>
      </Form>
    </Drawer>
  )
}

/** A record beside its list: Esc closes, the list stays where it was. */
export function DetailDrawer({
  open,
  title,
  extra,
  footer,
  width = 560,
  onClose,
  children,
}: {
  open: boolean
  title: ReactNode
  extra?: ReactNode
  footer?: ReactNode
  width?: number
  onClose: () => void
  children: ReactNode
}) {
  const phone = useIsPhone()
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={title}
      extra={extra}
      footer={footer}
      size={phone ? '100%' : width}
      destroyOnHidden
    >
      <div className={styles.detail}>{children}</div>
    </Drawer>
  )
}
