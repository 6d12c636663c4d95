package org

import (
	"context"
	"log/slog"
	"strings"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// LoginIn is what a person types to sign in.
type LoginIn struct {
	Login    string `json:"login" minLength:"1" maxLength:"64"`
	Password string `json:"password" minLength:"1" maxLength:"1000"`
}

// Login signs a person in and sets the cookie. Errors: org.bad_credentials for
// a login that does not exist and for a wrong password alike, org.locked (until,
// seconds) after too many failures, org.too_many_logins (seconds),
// org.disabled, and org.busy where too many sign in at once.
func (s *Service) Login(ctx context.Context, in LoginIn) (Me, error) {
	login := normalLogin(in.Login)
	if err := s.limits.allow(web.ClientIP(ctx), login, s.Clock.Now()); err != nil {
		return Me{}, err
	}
	st, err := s.staffByLogin(ctx, login)
	if db.IsNoRow(err) {
		return Me{}, s.loginUnknown(ctx, login, in.Password)
	}
	if err != nil {
		return Me{}, err
	}
	// Who fails is nobody yet, least of all the owner of the login.
	old, err := s.checkSecret(nobody(ctx), st, in.Password)
	if err != nil {
		return Me{}, err
	}
	renewed := ""
	if old {
		if renewed, err = s.hasher.hash(ctx, in.Password); err != nil {
			return Me{}, err
		}
	}
	s.sweep(ctx)
	ctx = as(ctx, st)
	setCookie, err := s.admit(ctx, st, renewed)
	if err != nil {
		return Me{}, err
	}
	setCookie(ctx)
	return s.me(ctx, st.id)
}

// admit writes a sign-in: all at once, on the row as it is now.
func (s *Service) admit(ctx context.Context, seen *staffRow, renewedHash string) (setCookie func(context.Context), err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		st, err := s.staffByID(ctx, seen.id)
		if err != nil {
			return err
		}
		now := s.now()
		switch {
		case st.lockedUntil > now:
			// Locked while the password was computed: others were guessing.
			return locked(st.lockedUntil, now)
		case st.disabled:
			return errs.New(errs.Forbidden, "org.disabled")
		case st.passwordHash != seen.passwordHash:
			return errs.New(errs.Unauthenticated, "org.bad_credentials")
		}
		hash := st.passwordHash
		if renewedHash != "" {
			hash = renewedHash
		}
		if err := s.saveLogin(ctx, st.id, hash, now); err != nil {
			return err
		}
		if err := s.endSession(ctx, s.token(ctx)); err != nil {
			return err
		}
		if setCookie, err = s.startSession(ctx, st.id, st.authVersion); err != nil {
			return err
		}
		return s.record(ctx, "session.create", "session", st.id, nil, nil)
	})
	return setCookie, err
}

// loginUnknown does for a login that does not exist what is done for one that
// does, in the same time and with the same answers.
func (s *Service) loginUnknown(ctx context.Context, login, password string) error {
	now := s.now()
	if until := s.limits.unknown.lockedUntil(login); until > now {
		return locked(until, now)
	}
	if _, _, err := s.hasher.verify(ctx, password, s.hasher.dummy); err != nil {
		return err
	}
	// Not the login: people type their password there.
	s.Log.WarnContext(ctx, "sign-in failed", slog.Int64("staff_id", 0), slog.String("ip", web.ClientIP(ctx)))
	// Written like any other failure, or a stopwatch would tell them apart.
	if err := s.record(nobody(ctx), "session.fail", "session", 0, nil, nil); err != nil {
		return err
	}
	if until := s.limits.unknown.fail(login, now); until > 0 {
		return locked(until, now)
	}
	return errs.New(errs.Unauthenticated, "org.bad_credentials")
}

// nobody is an actor of whom only the address is known.
func nobody(ctx context.Context) context.Context {
	return auth.With(ctx, &auth.Actor{IP: web.ClientIP(ctx)})
}

// checkSecret checks the password of a person, counts a failure and locks.
// old says that the hash was made with another cost than today's.
func (s *Service) checkSecret(ctx context.Context, st *staffRow, password string) (old bool, err error) {
	if now := s.now(); st.lockedUntil > now {
		return false, locked(st.lockedUntil, now)
	}
	ok, old, err := s.hasher.verify(ctx, password, st.passwordHash)
	if err != nil {
		return false, err
	}
	if ok {
		return old, nil
	}
	s.Log.WarnContext(ctx, "sign-in failed", slog.Int64("staff_id", st.id), slog.String("ip", web.ClientIP(ctx)))
	return false, s.fail(ctx, st.id)
}

// fail counts a wrong password; the answer says whether it locked the login.
func (s *Service) fail(ctx context.Context, staffID int64) error {
	var until, now int64
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		now = s.now()
		failures, err := s.countFailure(ctx, staffID)
		if err != nil {
			return err
		}
		d := lockFor(failures)
		if d == 0 {
			return s.record(ctx, "session.fail", "session", staffID, nil, nil)
		}
		until = now + d.Milliseconds()
		if err := s.lockUntil(ctx, staffID, until); err != nil {
			return err
		}
		return s.record(ctx, "staff.lock", "staff", staffID, nil, map[string]int64{"locked_until": until})
	})
	if err != nil {
		return err
	}
	if until > 0 {
		return locked(until, now)
	}
	return errs.New(errs.Unauthenticated, "org.bad_credentials")
}

// Logout ends the session of the request. It succeeds where there is none.
func (s *Service) Logout(ctx context.Context) error {
	token := s.token(ctx)
	defer s.clearCookie(ctx)
	if len(token) != tokenBytes {
		return nil
	}
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		staffID, found, err := s.sessionOwner(ctx, hashToken(token))
		if err != nil || !found {
			return err
		}
		if err := s.endSession(ctx, token); err != nil {
			return err
		}
		st, err := s.staffByID(ctx, staffID)
		if err != nil {
			return err
		}
		return s.record(as(ctx, st), "session.delete", "session", staffID, nil, nil)
	})
}

// PasswordIn is a change of one's own password.
type PasswordIn struct {
	Current string `json:"current" minLength:"1" maxLength:"1000"`
	New     string `json:"new" minLength:"1" maxLength:"1000"`
}

// ChangePassword replaces the password of the person who acts, ends all other
// sessions of that person and gives this one a new token. A wrong current
// password counts like a failed sign-in.
func (s *Service) ChangePassword(ctx context.Context, in PasswordIn) (Me, error) {
	a := auth.From(ctx)
	if a == nil || a.StaffID == 0 {
		return Me{}, errs.New(errs.Unauthenticated, "unauthenticated")
	}
	st, err := s.staffByID(ctx, a.StaffID)
	if err != nil {
		return Me{}, err
	}
	if err := s.limits.allow("", st.login, s.Clock.Now()); err != nil {
		return Me{}, err
	}
	if err := checkPassword("new", in.New, st.login, st.name); err != nil {
		return Me{}, err
	}
	if _, err := s.checkSecret(ctx, st, in.Current); errs.Is(err, "org.bad_credentials") {
		// Not 401: the session is good, the field is wrong.
		return Me{}, errs.New(errs.Invalid, "invalid").WithField("current", "org.password_wrong")
	} else if err != nil {
		return Me{}, err
	}
	if in.New == in.Current {
		return Me{}, errs.New(errs.Invalid, "invalid").WithField("new", "org.password_same")
	}
	hash, err := s.hasher.hash(ctx, in.New)
	if err != nil {
		return Me{}, err
	}
	var setCookie func(context.Context)
	err = s.change(ctx, func(ctx context.Context) error {
		now, err := s.staffByID(ctx, st.id)
		if err != nil {
			return err
		}
		if now.authVersion != st.authVersion {
			return errs.New(errs.Unauthenticated, "unauthenticated")
		}
		if err := s.savePassword(ctx, st.id, hash, false, s.now()); err != nil {
			return err
		}
		if setCookie, err = s.startSession(ctx, st.id, st.authVersion+1); err != nil {
			return err
		}
		return s.record(ctx, "session.password", "staff", st.id,
			map[string]bool{"must_change_password": st.mustChange}, map[string]bool{"must_change_password": false})
	})
	if err != nil {
		return Me{}, err
	}
	setCookie(ctx)
	return s.me(ctx, st.id)
}

// normalLogin is the form in which logins are kept and compared.
func normalLogin(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
