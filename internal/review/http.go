package review

import (
	"bytes"
	"context"
	"net/http"

	"zhike/internal/customer"
	"zhike/internal/document"
	"zhike/internal/tiering"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

// ReviewPath names a review by its decision.
type ReviewPath struct {
	ID int64 `path:"id" minimum:"1"`
}

// ReviewMovePath names a proposed move.
type ReviewMovePath struct {
	ReviewPath
	CustomerID int64 `path:"customer_id" minimum:"1"`
}

type panelInput struct {
	tiering.DimensionPath
	Body Panel
}

type awayInput struct {
	Body struct {
		StaffID int64 `json:"staff_id,omitempty" minimum:"0" doc:"0 for oneself"`
		Away    bool  `json:"away"`
	}
}

type reviewsInput struct {
	web.ListQuery
	Dimension string `query:"dimension" maxLength:"40"`
}

type openReviewInput struct{ Body OpenReviewInput }

type withdrawInput struct {
	ReviewPath
	Body struct {
		Reason string `json:"reason" maxLength:"1000"`
	}
}

type publishReviewInput struct {
	ReviewPath
	Body PublishInput
}

type movesInput struct {
	web.ListQuery
	ReviewPath
	MoveFilter
}

type facetsInput struct {
	ReviewPath
	MoveFilter
}

type decideInput struct {
	ReviewPath
	Body MoveDecision
}

type commentInput struct {
	ReviewMovePath
	Body struct {
		Text string `json:"text" maxLength:"1000"`
	}
}

type voteInput struct {
	ReviewMovePath
	Body struct {
		Choice   string `json:"choice" maxLength:"40" doc:"proposed, keep, or the code of another level"`
		MemberID int64  `json:"member_id,omitempty" minimum:"0" doc:"For whom; 0 for oneself, or the only member one acts for"`
	}
}

// SettledMoves says how many disputed moves votes settled.
type SettledMoves struct {
	Settled int `json:"settled"`
}

// Reminded says how many people were told.
type Reminded struct {
	People int `json:"people"`
}

func reviewRoute(method, path, id, summary string, p auth.Permission) web.Route {
	return web.Route{Method: method, Path: path, ID: id, Summary: summary, Tag: "review", Permission: p}
}

// ofCustomers is a route that tells of customers: an auditor may see what was
// decided how, and not about whom.
func ofCustomers(r web.Route) web.Route {
	r.Also = customer.PermView
	return r
}

// Routes registers the endpoints of this package.
func (s *Service) Routes(api *web.API) {
	s.reviewRoutes(api)
	s.moveRoutes(api)
	s.appealRoutes(api)
}

func (s *Service) reviewRoutes(api *web.API) {
	web.Register(api, reviewRoute("GET", "/tiering/dimensions/{code}/panel", "getTierPanel", "Who decides about a dimension, and by which rules", tiering.PermView),
		func(ctx context.Context, in *tiering.DimensionPath) (Panel, error) { return s.Panel(ctx, in.Code) })
	web.Register(api, reviewRoute("PUT", "/tiering/dimensions/{code}/panel", "saveTierPanel", "Set the panel of a dimension", tiering.PermScheme),
		func(ctx context.Context, in *panelInput) (Panel, error) { return s.SavePanel(ctx, in.Code, in.Body) })
	web.Register(api, reviewRoute("GET", "/tiering/away", "getTierAway", "Whether one is away, and on which panels one sits", tiering.PermReview),
		func(ctx context.Context, _ *struct{}) (Absence, error) { return s.AbsenceOf(ctx, auth.StaffID(ctx)) })
	web.Register(api, reviewRoute("PUT", "/tiering/away", "setTierAway", "Be away or back; deputies act for members who are away", tiering.PermReview),
		func(ctx context.Context, in *awayInput) (struct{}, error) {
			return struct{}{}, s.SetAway(ctx, in.Body.StaffID, in.Body.Away)
		})
	web.Register(api, reviewRoute("GET", "/tiering/reviews", "listTierReviews", "Reviews, newest first", tiering.PermView),
		func(ctx context.Context, in *reviewsInput) (web.Page[ReviewView], error) {
			return pageBelow(in.ListQuery, func(v ReviewView) int64 { return v.ID }, func(below int64, n int) ([]ReviewView, error) {
				return s.Reviews(ctx, in.Dimension, below, n)
			})
		})
	open := reviewRoute("POST", "/tiering/reviews", "openTierReview", "Open the review of a run", tiering.PermPublish)
	open.Status = http.StatusAccepted
	web.Register(api, open, func(ctx context.Context, in *openReviewInput) (ReviewView, error) { return s.OpenReview(ctx, in.Body) })
	web.Register(api, reviewRoute("GET", "/tiering/reviews/{id}", "getTierReview", "One review", tiering.PermView),
		func(ctx context.Context, in *ReviewPath) (ReviewView, error) { return s.Review(ctx, in.ID) })
	web.Register(api, reviewRoute("POST", "/tiering/reviews/{id}/withdraw", "withdrawTierReview", "End a review without an effect", tiering.PermPublish),
		func(ctx context.Context, in *withdrawInput) (ReviewView, error) {
			return s.WithdrawReview(ctx, in.ID, in.Body.Reason)
		})
	publish := reviewRoute("POST", "/tiering/reviews/{id}/publish", "publishTierReview", "Put the levels in force as the panel decided", tiering.PermPublish)
	publish.Status = http.StatusAccepted
	web.Register(api, publish, func(ctx context.Context, in *publishReviewInput) (ReviewView, error) {
		return s.PublishReview(ctx, in.ID, in.Body)
	})
	web.Register(api, reviewRoute("GET", "/tiering/reviews/{id}/voting", "getTierVoting", "Who has voted, and who has not", tiering.PermReview),
		func(ctx context.Context, in *ReviewPath) (Voting, error) { return s.VotingOf(ctx, in.ID) })
	web.Register(api, reviewRoute("POST", "/tiering/reviews/{id}/remind", "remindTierPanel", "Tell the members who have not voted", tiering.PermReview),
		func(ctx context.Context, in *ReviewPath) (Reminded, error) {
			n, err := s.Remind(ctx, in.ID)
			return Reminded{n}, err
		})
	web.Register(api, reviewRoute("POST", "/tiering/reviews/{id}/settle", "settleTierVotes", "Close the voting where the votes given settle it", tiering.PermReview),
		func(ctx context.Context, in *ReviewPath) (SettledMoves, error) {
			n, err := s.SettleVotes(ctx, in.ID)
			return SettledMoves{n}, err
		})
}

// pageBelow makes a page of a list by falling id.
func pageBelow[T any](q web.ListQuery, id func(T) int64, read func(below int64, n int) ([]T, error)) (web.Page[T], error) {
	var below int64
	if err := web.DecodeCursor(q.Cursor, &below); err != nil {
		return web.NewPage[T](nil, "", nil), err
	}
	list, err := read(below, q.Limit+1)
	next := ""
	if len(list) > q.Limit {
		list = list[:q.Limit]
		next = web.EncodeCursor(id(list[q.Limit-1]))
	}
	return web.NewPage(list, next, nil), err
}

func (s *Service) moveRoutes(api *web.API) {
	web.Register(api, ofCustomers(reviewRoute("GET", "/tiering/reviews/{id}/moves", "listTierMoves", "Proposed moves by falling spend", tiering.PermView)),
		func(ctx context.Context, in *movesInput) (web.Page[MoveView], error) {
			return s.Moves(ctx, in.ID, in.MoveFilter, in.Cursor, in.Limit)
		})
	web.Register(api, ofCustomers(reviewRoute("GET", "/tiering/reviews/{id}/facets", "countTierMoves", "Counts of moves by every filter", tiering.PermView)),
		func(ctx context.Context, in *facetsInput) (MoveFacets, error) {
			return s.Facets(ctx, in.ID, in.MoveFilter)
		})
	web.Register(api, reviewRoute("POST", "/tiering/reviews/{id}/decide", "decideTierMoves",
		"Agree, overrule, dispute or take back: one move, or all that pass a filter", tiering.PermReview),
		func(ctx context.Context, in *decideInput) (MoveDecided, error) {
			return s.DecideMoves(ctx, in.ID, in.Body)
		})
	web.Register(api, reviewRoute("GET", "/tiering/reviews/{id}/moves/{customer_id}", "getTierDossier", "What a panel reads about one customer", tiering.PermReview),
		func(ctx context.Context, in *ReviewMovePath) (Dossier, error) {
			return s.Dossier(ctx, in.ID, in.CustomerID)
		})
	comment := reviewRoute("POST", "/tiering/reviews/{id}/moves/{customer_id}/comments", "addTierComment", "Add to the discussion of a move", tiering.PermReview)
	comment.Status = http.StatusCreated
	web.Register(api, comment, func(ctx context.Context, in *commentInput) (Comment, error) {
		return s.AddComment(ctx, in.ID, in.CustomerID, in.Body.Text)
	})
	web.Register(api, reviewRoute("PUT", "/tiering/reviews/{id}/moves/{customer_id}/vote", "castTierVote", "Vote on a disputed move, or change the vote", tiering.PermReview),
		func(ctx context.Context, in *voteInput) (struct{}, error) {
			return struct{}{}, s.CastVote(ctx, in.ID, in.CustomerID, in.Body.MemberID, in.Body.Choice)
		})
}

type makeAppealInput struct {
	tiering.DimensionPath
	Body AppealInput
}

type appealsInput struct {
	web.ListQuery
	AppealFilter
}

type appealPath struct {
	ID int64 `path:"id" minimum:"1"`
}

type answerAppealInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Uphold bool   `json:"uphold"`
		Answer string `json:"answer" maxLength:"1000"`
	}
}

type assessmentsInput struct {
	web.ListQuery
	Dimension string `query:"dimension" maxLength:"40"`
}

type assessmentPath struct {
	ID int64 `path:"id" minimum:"1"`
}

type assessInput struct{ Body AssessmentInput }

type exportAssessmentsInput struct {
	Dimension string `query:"dimension" maxLength:"40"`
}

func (s *Service) appealRoutes(api *web.API) {
	create := reviewRoute("POST", "/tiering/dimensions/{code}/appeals", "makeTierAppeal", "Object to the level of a customer", tiering.PermAppeal)
	create.Status = http.StatusCreated
	web.Register(api, create, func(ctx context.Context, in *makeAppealInput) (Appeal, error) {
		return s.MakeAppeal(ctx, in.Code, in.Body)
	})
	web.Register(api, ofCustomers(reviewRoute("GET", "/tiering/appeals", "listTierAppeals", "Appeals, newest first", tiering.PermView)),
		func(ctx context.Context, in *appealsInput) (web.Page[Appeal], error) {
			return pageBelow(in.ListQuery, func(a Appeal) int64 { return a.ID }, func(below int64, n int) ([]Appeal, error) {
				return s.Appeals(ctx, in.AppealFilter, below, n)
			})
		})
	web.Register(api, ofCustomers(reviewRoute("GET", "/tiering/appeals/{id}", "getTierAppeal", "One appeal", tiering.PermView)),
		func(ctx context.Context, in *appealPath) (Appeal, error) { return s.Appeal(ctx, in.ID) })
	web.Register(api, reviewRoute("POST", "/tiering/appeals/{id}/answer", "answerTierAppeal", "Uphold or decline an appeal", tiering.PermHand),
		func(ctx context.Context, in *answerAppealInput) (Appeal, error) {
			return s.AnswerAppeal(ctx, in.ID, in.Body.Uphold, in.Body.Answer)
		})
	web.Register(api, reviewRoute("POST", "/tiering/appeals/{id}/withdraw", "withdrawTierAppeal", "Take an appeal of one's own back", tiering.PermAppeal),
		func(ctx context.Context, in *appealPath) (Appeal, error) { return s.WithdrawAppeal(ctx, in.ID) })
	web.Register(api, reviewRoute("GET", "/tiering/assessments", "listTierAssessments", "Impact assessments, newest first", tiering.PermView),
		func(ctx context.Context, in *assessmentsInput) (web.Page[Assessment], error) {
			return pageBelow(in.ListQuery, func(a Assessment) int64 { return a.ID }, func(below int64, n int) ([]Assessment, error) {
				return s.Assessments(ctx, in.Dimension, below, n)
			})
		})
	web.Register(api, reviewRoute("GET", "/tiering/assessments/{id}", "getTierAssessment", "One impact assessment", tiering.PermView),
		func(ctx context.Context, in *assessmentPath) (Assessment, error) { return s.Assessment(ctx, in.ID) })
	file := reviewRoute("POST", "/tiering/assessments", "fileTierAssessment", "File an impact assessment", tiering.PermAssess)
	file.Status = http.StatusCreated
	web.Register(api, file, func(ctx context.Context, in *assessInput) (Assessment, error) { return s.FileAssessment(ctx, in.Body) })
	exp := reviewRoute("GET", "/tiering/assessments/export", "exportTierAssessments", "Impact assessments as a spreadsheet", tiering.PermAssess)
	exp.Produces = mediaXLSX
	web.RegisterDownload(api, exp, func(ctx context.Context, in *exportAssessmentsInput, w http.ResponseWriter) error {
		var b bytes.Buffer
		if err := s.ExportAssessments(ctx, in.Dimension, web.Locale(ctx), &b); err != nil {
			return err
		}
		return document.Send(w, "xlsx", mediaXLSX, "impact-assessments.xlsx", b.Bytes())
	})
}
