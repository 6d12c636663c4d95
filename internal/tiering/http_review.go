package tiering

import (
	"bytes"
	"context"
	"net/http"

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
	DimensionPath
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
		Reason string `json:"reason" maxLength:"4000"`
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
		Text string `json:"text" maxLength:"4000"`
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

func (s *Service) reviewRoutes(api *web.API) {
	web.Register(api, reviewRoute("GET", "/tiering/dimensions/{code}/panel", "getTierPanel", "Who decides about a dimension, and by which rules", PermView),
		func(ctx context.Context, in *DimensionPath) (Panel, error) { return s.Panel(ctx, in.Code) })
	web.Register(api, reviewRoute("PUT", "/tiering/dimensions/{code}/panel", "saveTierPanel", "Set the panel of a dimension", PermScheme),
		func(ctx context.Context, in *panelInput) (Panel, error) { return s.SavePanel(ctx, in.Code, in.Body) })
	web.Register(api, reviewRoute("GET", "/tiering/away", "getTierAway", "Whether one is away, and on which panels one sits", PermReview),
		func(ctx context.Context, _ *struct{}) (Absence, error) { return s.AbsenceOf(ctx, staffOf(ctx)) })
	web.Register(api, reviewRoute("PUT", "/tiering/away", "setTierAway", "Be away or back; deputies act for members who are away", PermReview),
		func(ctx context.Context, in *awayInput) (struct{}, error) {
			return struct{}{}, s.SetAway(ctx, in.Body.StaffID, in.Body.Away)
		})
	web.Register(api, reviewRoute("GET", "/tiering/reviews", "listTierReviews", "Reviews, newest first", PermView),
		func(ctx context.Context, in *reviewsInput) (web.Page[ReviewView], error) {
			return pageBelow(in.ListQuery, func(v ReviewView) int64 { return v.ID }, func(below int64, n int) ([]ReviewView, error) {
				return s.Reviews(ctx, in.Dimension, below, n)
			})
		})
	open := reviewRoute("POST", "/tiering/reviews", "openTierReview", "Open the review of a run", PermPublish)
	open.Status = http.StatusAccepted
	web.Register(api, open, func(ctx context.Context, in *openReviewInput) (ReviewView, error) { return s.OpenReview(ctx, in.Body) })
	web.Register(api, reviewRoute("GET", "/tiering/reviews/{id}", "getTierReview", "One review", PermView),
		func(ctx context.Context, in *ReviewPath) (ReviewView, error) { return s.Review(ctx, in.ID) })
	web.Register(api, reviewRoute("POST", "/tiering/reviews/{id}/withdraw", "withdrawTierReview", "End a review without an effect", PermPublish),
		func(ctx context.Context, in *withdrawInput) (ReviewView, error) {
			return s.WithdrawReview(ctx, in.ID, in.Body.Reason)
		})
	publish := reviewRoute("POST", "/tiering/reviews/{id}/publish", "publishTierReview", "Put the levels in force as the panel decided", PermPublish)
	publish.Status = http.StatusAccepted
	web.Register(api, publish, func(ctx context.Context, in *publishReviewInput) (ReviewView, error) {
		return s.PublishReview(ctx, in.ID, in.Body)
	})
	web.Register(api, reviewRoute("GET", "/tiering/reviews/{id}/voting", "getTierVoting", "Who has voted, and who has not", PermReview),
		func(ctx context.Context, in *ReviewPath) (Voting, error) { return s.VotingOf(ctx, in.ID) })
	web.Register(api, reviewRoute("POST", "/tiering/reviews/{id}/remind", "remindTierPanel", "Tell the members who have not voted", PermReview),
		func(ctx context.Context, in *ReviewPath) (Reminded, error) {
			n, err := s.Remind(ctx, in.ID)
			return Reminded{n}, err
		})
	web.Register(api, reviewRoute("POST", "/tiering/reviews/{id}/settle", "settleTierVotes", "Close the voting where the votes given settle it", PermReview),
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
	web.Register(api, reviewRoute("GET", "/tiering/reviews/{id}/moves", "listTierMoves", "Proposed moves by falling spend", PermView),
		func(ctx context.Context, in *movesInput) (web.Page[MoveView], error) {
			return s.Moves(ctx, in.ID, in.MoveFilter, in.Cursor, in.Limit)
		})
	web.Register(api, reviewRoute("GET", "/tiering/reviews/{id}/facets", "countTierMoves", "Counts of moves by every filter", PermView),
		func(ctx context.Context, in *facetsInput) (MoveFacets, error) {
			return s.Facets(ctx, in.ID, in.MoveFilter)
		})
	web.Register(api, reviewRoute("POST", "/tiering/reviews/{id}/decide", "decideTierMoves",
		"Agree, overrule, dispute or take back: one move, or all that pass a filter", PermReview),
		func(ctx context.Context, in *decideInput) (MoveDecided, error) {
			return s.DecideMoves(ctx, in.ID, in.Body)
		})
	web.Register(api, reviewRoute("GET", "/tiering/reviews/{id}/moves/{customer_id}", "getTierDossier", "What a panel reads about one customer", PermReview),
		func(ctx context.Context, in *ReviewMovePath) (Dossier, error) {
			return s.Dossier(ctx, in.ID, in.CustomerID)
		})
	comment := reviewRoute("POST", "/tiering/reviews/{id}/moves/{customer_id}/comments", "addTierComment", "Add to the discussion of a move", PermReview)
	comment.Status = http.StatusCreated
	web.Register(api, comment, func(ctx context.Context, in *commentInput) (Comment, error) {
		return s.AddComment(ctx, in.ID, in.CustomerID, in.Body.Text)
	})
	web.Register(api, reviewRoute("PUT", "/tiering/reviews/{id}/moves/{customer_id}/vote", "castTierVote", "Vote on a disputed move, or change the vote", PermReview),
		func(ctx context.Context, in *voteInput) (struct{}, error) {
			return struct{}{}, s.CastVote(ctx, in.ID, in.CustomerID, in.Body.MemberID, in.Body.Choice)
		})
}

type handInput struct {
	DimensionPath
	Body HandInput
}

type makeAppealInput struct {
	DimensionPath
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
		Answer string `json:"answer" maxLength:"4000"`
	}
}

type customerPath struct {
	ID int64 `path:"id" minimum:"1"`
}

type handOnlyInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		On     bool   `json:"on"`
		Reason string `json:"reason,omitempty" maxLength:"4000" doc:"Needed to switch it on"`
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
	web.Register(api, reviewRoute("POST", "/tiering/dimensions/{code}/hand", "gradeByHand", "Give a customer another level, with a reason", PermHand),
		func(ctx context.Context, in *handInput) (Decision, error) {
			return s.GradeByHand(ctx, in.Code, in.Body)
		})
	create := reviewRoute("POST", "/tiering/dimensions/{code}/appeals", "makeTierAppeal", "Object to the level of a customer", PermAppeal)
	create.Status = http.StatusCreated
	web.Register(api, create, func(ctx context.Context, in *makeAppealInput) (Appeal, error) {
		return s.MakeAppeal(ctx, in.Code, in.Body)
	})
	web.Register(api, reviewRoute("GET", "/tiering/appeals", "listTierAppeals", "Appeals, newest first", PermView),
		func(ctx context.Context, in *appealsInput) (web.Page[Appeal], error) {
			return pageBelow(in.ListQuery, func(a Appeal) int64 { return a.ID }, func(below int64, n int) ([]Appeal, error) {
				return s.Appeals(ctx, in.AppealFilter, below, n)
			})
		})
	web.Register(api, reviewRoute("GET", "/tiering/appeals/{id}", "getTierAppeal", "One appeal", PermView),
		func(ctx context.Context, in *appealPath) (Appeal, error) { return s.Appeal(ctx, in.ID) })
	web.Register(api, reviewRoute("POST", "/tiering/appeals/{id}/answer", "answerTierAppeal", "Uphold or decline an appeal", PermHand),
		func(ctx context.Context, in *answerAppealInput) (Appeal, error) {
			return s.AnswerAppeal(ctx, in.ID, in.Body.Uphold, in.Body.Answer)
		})
	web.Register(api, reviewRoute("POST", "/tiering/appeals/{id}/withdraw", "withdrawTierAppeal", "Take an appeal of one's own back", PermAppeal),
		func(ctx context.Context, in *appealPath) (Appeal, error) { return s.WithdrawAppeal(ctx, in.ID) })
	web.Register(api, reviewRoute("GET", "/customers/{id}/levels", "listCustomerLevels", "How the levels of a customer changed, by runs and by people", PermView),
		func(ctx context.Context, in *customerPath) (web.List[LevelStep], error) {
			if err := shown(ctx); err != nil {
				return web.NewList[LevelStep](nil), err
			}
			list, err := s.LevelHistory(ctx, in.ID, 100)
			return web.NewList(list), err
		})
	web.Register(api, reviewRoute("GET", "/customers/{id}/hand-only", "getHandOnly", "Whether only people decide about a customer", PermView),
		func(ctx context.Context, in *customerPath) (HandOnly, error) { return s.HandOnlyOf(ctx, in.ID) })
	web.Register(api, reviewRoute("PUT", "/customers/{id}/hand-only", "setHandOnly", "Have only people decide about a customer, or programs again", PermHand),
		func(ctx context.Context, in *handOnlyInput) (HandOnly, error) {
			return s.SetHandOnly(ctx, in.ID, in.Body.On, in.Body.Reason)
		})
	web.Register(api, reviewRoute("GET", "/tiering/assessments", "listTierAssessments", "Impact assessments, newest first", PermView),
		func(ctx context.Context, in *assessmentsInput) (web.Page[Assessment], error) {
			return pageBelow(in.ListQuery, func(a Assessment) int64 { return a.ID }, func(below int64, n int) ([]Assessment, error) {
				return s.Assessments(ctx, in.Dimension, below, n)
			})
		})
	web.Register(api, reviewRoute("GET", "/tiering/assessments/{id}", "getTierAssessment", "One impact assessment", PermView),
		func(ctx context.Context, in *assessmentPath) (Assessment, error) { return s.Assessment(ctx, in.ID) })
	file := reviewRoute("POST", "/tiering/assessments", "fileTierAssessment", "File an impact assessment", PermAssess)
	file.Status = http.StatusCreated
	web.Register(api, file, func(ctx context.Context, in *assessInput) (Assessment, error) { return s.FileAssessment(ctx, in.Body) })
	exp := reviewRoute("GET", "/tiering/assessments/export", "exportTierAssessments", "Impact assessments as a spreadsheet", PermAssess)
	exp.Produces = mediaXLSX
	web.RegisterDownload(api, exp, func(ctx context.Context, in *exportAssessmentsInput, w http.ResponseWriter) error {
		var b bytes.Buffer
		if err := s.ExportAssessments(ctx, in.Dimension, web.Locale(ctx), &b); err != nil {
			return err
		}
		return send(w, mediaXLSX, "impact-assessments.xlsx", b.Bytes())
	})
}
