import { Button, type ButtonProps } from 'antd'
import { useNavigate } from 'react-router'
import { prefetch } from '@/app/routes'

/** A link in the form of a button: ⌘-click opens a tab, hovering fetches the page's code. */
export function LinkButton({
  to,
  ...button
}: Omit<ButtonProps, 'href' | 'onClick'> & { to: string }) {
  const navigate = useNavigate()
  return (
    <Button
      {...button}
      href={to}
      onMouseEnter={() => prefetch(to.split('?')[0] ?? to)}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        navigate(to)
      }}
    />
  )
}
