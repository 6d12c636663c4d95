package customer

import (
	"context"
	"slices"

	"zhike/internal/platform/auth"
	"zhike/internal/rule"
)

// LifecycleField is the code of the lifecycle stage in lists and rules.
const LifecycleField = "lifecycle"

// LifecycleStage is a stage of the lifecycle as people read it.
type LifecycleStage struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Tone int    `json:"tone" doc:"One of the fixed colours"`
}

// LifecycleNow is where a customer is in the lifecycle.
type LifecycleNow struct {
	LifecycleStage
	Since  string `json:"since" doc:"Day on which the customer came to the stage"`
	Days   int    `json:"days" doc:"Days in the stage"`
	Reason string `json:"reason" doc:"Why, in words"`
	Advice string `json:"advice" doc:"What to do with customers of this stage"`
}

// Lifecycle is what customers need of the lifecycle; package lifecycle gives it.
type Lifecycle interface {
	// Stages are those in force, in their order, with names in the language of
	// the request.
	Stages(ctx context.Context) ([]LifecycleStage, error)
	// StageCodes are those of all stages that there are or were, each once.
	StageCodes(ctx context.Context) ([]string, error)
	// Now tells where a customer is, nil where the customer is not in the
	// lifecycle yet. The caller has checked the scope.
	Now(ctx context.Context, customerID int64) (*LifecycleNow, error)
}

// LifecycleNow tells where a customer is whom the actor is known to see; nil where
// that is hidden, or where there is no lifecycle.
func (s *Service) LifecycleNow(ctx context.Context, id int64) (*LifecycleNow, error) {
	if s.Lifecycle == nil || auth.Hides(ctx, LifecycleField) {
		return nil, nil
	}
	return s.Lifecycle.Now(ctx, id)
}

// lifecycleStages gives the stages; none where there is no lifecycle.
func (s *Service) lifecycleStages(ctx context.Context) ([]LifecycleStage, error) {
	if s.Lifecycle == nil {
		return nil, nil
	}
	return s.Lifecycle.Stages(ctx)
}

// lifecycleKnown says which codes conditions may name.
func (c *compiler) lifecycleKnown() ([]string, error) {
	if c.s.Lifecycle == nil {
		return nil, nil
	}
	return c.s.Lifecycle.StageCodes(c.ctx)
}

// lifecycleExtras reads the stages of a page of customers, and the names.
func (x *extras) lifecycleExtras(ctx context.Context, s *Service, ids []int64) (err error) {
	if x.lifecycle, err = s.store.lifecycleOf(ctx, ids); err != nil {
		return err
	}
	list, err := s.lifecycleStages(ctx)
	x.stageNames = make(map[string]string, len(list))
	for _, st := range list {
		x.stageNames[st.Code] = st.Name
	}
	return err
}

// stageName is the name of a stage, its code where it is no longer there.
func (x *extras) stageName(code string) string {
	if name := x.stageNames[code]; name != "" {
		return name
	}
	return code
}

func (x *extras) lifecycleValue(id int64) any {
	if code := x.lifecycle[id]; code != "" {
		return code
	}
	return nil
}

// lifecycleGroups are the columns of a board.
func (s *Service) lifecycleGroups(ctx context.Context) ([]group, error) {
	list, err := s.lifecycleStages(ctx)
	out := make([]group, len(list))
	for i, st := range list {
		out[i] = group{st.Code, st.Name, st.Tone, false}
	}
	return out, err
}

// lifecycleCodes are the codes of a condition. Error: list.unknown_option.
func (c *compiler) lifecycleCodes(n *Node) ([]string, error) {
	known, err := c.lifecycleKnown()
	if err != nil {
		return nil, err
	}
	list, err := n.OneOf(known)
	slices.Sort(list)
	return list, err
}

// lifecycleThen says of which day a condition is; now that it is the present one.
func (c *compiler) lifecycleThen(n *rule.Node) (day int64, now bool, err error) {
	d, now, err := c.dayOf(n)
	return int64(d), now, err
}
