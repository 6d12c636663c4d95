import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Navigate, useNavigate } from 'react-router'
import { Splash } from '@/app/Root'
import { ErrorState, useSay } from '@/kit'
import { useSessionQuery, useSignOut } from '@/kit/session'
import { AuthFrame } from './AuthFrame'
import styles from './login.module.css'
import { PasswordForm } from './PasswordForm'

/** The first sign-in: the password someone else made must be replaced. */
export default function FirstPasswordPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const session = useSessionQuery()
  const signOut = useSignOut()
  const { done, fail } = useSay()
  if (session.data === undefined) {
    return session.error ? (
      <ErrorState error={session.error} onRetry={session.refetch} />
    ) : (
      <Splash />
    )
  }
  if (session.data === null) return <Navigate to="/login" replace />
  if (!session.data.staff.must_change_password) return <Navigate to="/" replace />
  const { staff } = session.data
  return (
    <AuthFrame
      title={t('password.first_title')}
      text={t('password.first_text', { name: staff.name })}
    >
      <PasswordForm
        login={staff.login}
        onDone={() => {
          done(t('password.changed'))
          navigate('/', { replace: true })
        }}
      />
      <p className={styles.small}>
        <Button type="link" size="small" onClick={() => signOut().catch(fail)}>
          {t('common.sign_out')}
        </Button>
      </p>
    </AuthFrame>
  )
}
