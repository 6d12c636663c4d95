/** Least length of a password; the server checks the same and more. */
export const minLength = 10

/** The rules a person can see being met while typing. */
export function passwordRules(password: string, login: string): { key: string; met: boolean }[] {
  const length = [...password].length
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length
  const holdsLogin = login.length >= 3 && password.toLowerCase().includes(login.toLowerCase())
  return [
    { key: 'password.rule.length', met: length >= minLength },
    { key: 'password.rule.kinds', met: kinds >= 2 || length >= 16 },
    { key: 'password.rule.login', met: length > 0 && !holdsLogin },
  ]
}
