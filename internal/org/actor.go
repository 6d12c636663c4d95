package org

import (
	"context"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
)

// ActorOf gives a member of staff as he or she may act now, for work that goes
// on after the request that asked for it; nil who is gone or disabled.
func (s *Service) ActorOf(ctx context.Context, staffID int64) (*auth.Actor, error) {
	p, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	m, err := p.member(ctx, s, staffID)
	if db.IsNoRow(err) {
		return nil, nil
	}
	if err != nil || m.disabled {
		return nil, err
	}
	a := m.actor
	a.IP = "job"
	return &a, nil
}
