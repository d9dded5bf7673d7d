package db

import (
	"context"
	"slices"
	"strings"
)

// MaxPictures is how many pictures an article may have.
const MaxPictures = 30

// DeskArticles is a page of the articles in a status, the last changed first.
type DeskArticles struct {
	Status ArticleStatus
	Below  Place[ArticleID]
	Rows   []ArticlesAtDeskRow
	More   bool
}

func (l *DeskArticles) questions(db *DB) []question {
	return []question{func(ctx context.Context, q *Queries) (err error) {
		below := l.Below.or(db.Now())
		l.Rows, err = q.ArticlesAtDesk(ctx, ArticlesAtDeskParams{Status: string(l.Status), ChangedAt: below.At, Below: int64(below.ID), Lim: DeskPage + 1})
		l.Rows, l.More = cut(l.Rows, DeskPage)
		return err
	}}
}

// DeskArticle is everything about an article that its editors see.
type DeskArticle struct {
	Article
	Latest   ArticleVersion
	Pictures []File
	Versions []ArticleVersionsRow
	Moves    []MovesOfArticleRow
}

// DeskArticle reads an article for its editors.
func (db *DB) DeskArticle(ctx context.Context, id ArticleID) (desk DeskArticle, err error) {
	if desk.Article, err = db.ArticleByID(ctx, id); err != nil {
		return desk, err
	}
	err = db.together(ctx,
		func(ctx context.Context, q *Queries) (err error) {
			desk.Latest, err = q.ArticleVersion(ctx, id, desk.Article.Latest)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			desk.Pictures, err = q.PicturesOfArticle(ctx, int64(id))
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			desk.Versions, err = q.ArticleVersions(ctx, id)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			desk.Moves, err = q.MovesOfArticle(ctx, id)
			return err
		})
	return desk, err
}

// VersionSheet is a version beside the one before it.
type VersionSheet struct {
	Article
	ArticleVersion
	Differences []FieldDifference // but for cover and body
	NewCover    bool
	Body        []LineDifference
}

// VersionSheet reads a version, and what it changed.
func (db *DB) VersionSheet(ctx context.Context, id ArticleID, number int32) (sheet VersionSheet, err error) {
	if sheet.Article, err = db.ArticleByID(ctx, id); err != nil {
		return sheet, err
	}
	if sheet.ArticleVersion, err = db.ArticleVersion(ctx, id, number); err != nil || number == 1 {
		return sheet, err
	}
	before, err := db.ArticleVersion(ctx, id, number-1)
	if err != nil {
		return sheet, err
	}
	was, is := before.Form(sheet.Article), sheet.ArticleVersion.Form(sheet.Article)
	sheet.Body, sheet.NewCover = LineDifferences(was.Body, is.Body), was.Cover != is.Cover
	was.Body, is.Body = "", ""
	sheet.Differences = Different(was, is)
	return sheet, nil
}

// LineDifference is a line of a text that changed: one that is new, one that is gone, or one that stayed.
type LineDifference struct {
	Text        string
	New, Former bool
}

// mostCompared bounds how many pairs of lines are looked at.
const mostCompared = 4_000_000

// LineDifferences says how one text became another, line by line, with as little change as there can be. Of texts that
// have nothing to do with each other it says so without looking for long.
func LineDifferences(before, after string) (lines []LineDifference) {
	was, is := strings.Split(before, "\n"), strings.Split(after, "\n")
	same := 0
	for same < len(was) && same < len(is) && was[same] == is[same] {
		lines = append(lines, LineDifference{Text: was[same]})
		same++
	}
	was, is = was[same:], is[same:]
	ending := 0
	for ending < len(was) && ending < len(is) && was[len(was)-1-ending] == is[len(is)-1-ending] {
		ending++
	}
	tail := was[len(was)-ending:]
	lines = append(lines, between(was[:len(was)-ending], is[:len(is)-ending])...)
	for _, line := range tail {
		lines = append(lines, LineDifference{Text: line})
	}
	return lines
}

// between walks along the longest common sequence of lines.
func between(was, is []string) (lines []LineDifference) {
	i, j := 0, 0
	if len(was)*len(is) <= mostCompared {
		common := make([][]int32, len(was)+1)
		for i := range common {
			common[i] = make([]int32, len(is)+1)
		}
		for i := len(was) - 1; i >= 0; i-- {
			for j := len(is) - 1; j >= 0; j-- {
				if common[i][j] = max(common[i+1][j], common[i][j+1]); was[i] == is[j] {
					common[i][j] = common[i+1][j+1] + 1
				}
			}
		}
		for i < len(was) && j < len(is) {
			switch {
			case was[i] == is[j]:
				lines = append(lines, LineDifference{Text: was[i]})
				i, j = i+1, j+1
			case common[i+1][j] >= common[i][j+1]:
				lines = append(lines, LineDifference{Text: was[i], Former: true})
				i++
			default:
				lines = append(lines, LineDifference{Text: is[j], New: true})
				j++
			}
		}
	}
	for _, line := range was[i:] {
		lines = append(lines, LineDifference{Text: line, Former: true})
	}
	for _, line := range is[j:] {
		lines = append(lines, LineDifference{Text: line, New: true})
	}
	return lines
}

// AddPictures puts pictures to an article, to be shown by what is written next. The same one is kept once.
func (db *DB) AddPictures(ctx context.Context, by Visitor, to ArticleID, uploads []Upload) error {
	if len(uploads) == 0 {
		return Problems{"photos": "photos.choose"}
	}
	pictures, err := readPictures(ctx, uploads)
	if err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		if _, err := c.lockArticle(ctx, to); err != nil {
			return err
		}
		files, err := c.PicturesOfArticle(ctx, int64(to))
		if err != nil {
			return err
		}
		var here [][]byte
		for _, file := range files {
			here = append(here, file.Sha256)
		}
		fresh := freshOf(pictures, here)
		if len(here)+len(fresh) > MaxPictures {
			return Problems{"photos": "articles.too_many_pictures"}
		}
		for _, picture := range fresh {
			if _, err := c.keepPicture(ctx, insertFileParams{AccountID: by.ID, Subject: "article", SubjectID: int64(to), By: by.ID}, picture); err != nil {
				return err
			}
		}
		c.announceStaff(to.Topic())
		return nil
	})
}

// RemovePicture leaves nothing of a picture that no version shows. One that is gone already is no reason to complain.
func (db *DB) RemovePicture(ctx context.Context, of ArticleID, id FileID) error {
	return db.change(ctx, func(c *change) error {
		if _, err := c.lockArticle(ctx, of); err != nil {
			return err
		}
		files, err := c.PicturesOfArticle(ctx, int64(of))
		if err != nil || !slices.ContainsFunc(files, func(f File) bool { return f.ID == id }) {
			return err
		}
		used, err := c.PictureIsUsed(ctx, of, int64(id))
		if err != nil {
			return err
		}
		if used {
			return Refusal("articles.picture_used")
		}
		c.announceStaff(of.Topic())
		return c.forgetFile(ctx, id)
	})
}
