-- +goose Up
-- What editors write. An article is what its versions say: readers see the one that is shown, editors go on with the latest.
CREATE TABLE articles (
    id           bigint GENERATED ALWAYS AS IDENTITY (START WITH 101) PRIMARY KEY,
    slug         text NOT NULL CONSTRAINT articles_slug UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    status       text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'scheduled', 'published', 'archived')),
    latest       int NOT NULL DEFAULT 1,
    shown        int,                             -- the version that readers see; empty until they see any
    publish_at   timestamptz,                     -- when it comes out by itself
    published_at timestamptz,                     -- when it came out first
    version      int NOT NULL DEFAULT 1,          -- as the desk saw it
    key          text NOT NULL UNIQUE,            -- of the form that made it: sent twice, made once
    changed_at   timestamptz NOT NULL,
    CHECK ((status = 'scheduled') = (publish_at IS NOT NULL)),
    CHECK ((shown IS NULL) = (published_at IS NULL)),
    CHECK (status <> 'published' OR shown IS NOT NULL)
);
CREATE INDEX articles_published ON articles (published_at DESC, id DESC) WHERE status = 'published';
CREATE INDEX articles_desk ON articles (status, changed_at DESC, id DESC);
CREATE INDEX articles_due ON articles (publish_at) WHERE status = 'scheduled';

-- What was saved at a time. Its HTML is made then and never again; its words are the same without markup.
CREATE TABLE article_versions (
    article_id bigint NOT NULL REFERENCES articles,
    number     int NOT NULL,
    title      text NOT NULL CHECK (title <> ''),
    teaser     text NOT NULL,                     -- what everybody may read
    body       text NOT NULL,                     -- Markdown
    access     text NOT NULL CHECK (access IN ('public', 'members', 'paid')),
    points     bigint NOT NULL DEFAULT 0 CHECK ((access = 'paid') = (points > 0)),
    cover      bigint REFERENCES files,           -- stands with the teaser
    html       text NOT NULL,
    words      text NOT NULL,
    pictures   bigint[] NOT NULL,                 -- that the body shows
    by         bigint NOT NULL REFERENCES accounts,
    at         timestamptz NOT NULL,
    shown_at   timestamptz,                       -- since when readers knew it
    PRIMARY KEY (article_id, number)
);
ALTER TABLE articles ADD FOREIGN KEY (id, shown) REFERENCES article_versions (article_id, number);

-- What an article is found by: the stems of all that its shown version says.
CREATE TABLE article_stems (
    article_id bigint PRIMARY KEY REFERENCES articles,
    stems      tsvector NOT NULL
);
CREATE INDEX article_stems_words ON article_stems USING gin (stems);

-- Every move of an article, with the version it was made with.
CREATE TABLE article_moves (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article_id  bigint NOT NULL REFERENCES articles,
    from_status text NOT NULL,
    to_status   text NOT NULL,
    number      int NOT NULL,
    by          bigint REFERENCES accounts,       -- empty: the system
    at          timestamptz NOT NULL
);
CREATE INDEX article_moves_article ON article_moves (article_id, id DESC);

-- What somebody has bought, for ever.
CREATE TABLE grants (
    account_id  bigint NOT NULL REFERENCES accounts,
    article_id  bigint NOT NULL REFERENCES articles,
    transfer_id bigint NOT NULL UNIQUE REFERENCES transfers,
    points      bigint NOT NULL CHECK (points > 0),
    at          timestamptz NOT NULL,
    PRIMARY KEY (account_id, article_id)
);
CREATE INDEX grants_account ON grants (account_id, at DESC, article_id DESC);

CREATE TABLE bookmarks (
    account_id bigint NOT NULL REFERENCES accounts,
    article_id bigint NOT NULL REFERENCES articles,
    at         timestamptz NOT NULL,
    PRIMARY KEY (account_id, article_id)
);
CREATE INDEX bookmarks_account ON bookmarks (account_id, at DESC, article_id DESC);

-- A passage that somebody keeps. It stays as it was saved, whatever becomes of the article.
CREATE TABLE quotes (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts,
    article_id bigint NOT NULL REFERENCES articles,
    number     int NOT NULL,                      -- of the version it was taken from
    passage    text NOT NULL CHECK (passage <> ''),
    squeezed   text NOT NULL,                     -- the passage in one line, as it is looked for in an article's words
    note       text NOT NULL,
    tags       text[] NOT NULL,
    changed_at timestamptz,                       -- since when the article says it otherwise
    key        text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);
CREATE INDEX quotes_account ON quotes (account_id, id DESC);
CREATE INDEX quotes_article ON quotes (article_id, account_id, id DESC);

-- +goose StatementBegin
-- Words of a text by their stems, in Russian and in Latin letters. Nobody types ё where one expects it.
CREATE FUNCTION stems(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('pg_catalog.russian', translate(said, 'Ёё', 'Ее'))
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION stems_asked(typed text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT websearch_to_tsquery('pg_catalog.russian', translate(typed, 'Ёё', 'Ее'))
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION stems_of_quote(passage text, note text, tags text[]) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
    SELECT to_tsvector('pg_catalog.russian', translate(passage || ' ' || note || ' ' || array_to_string(tags, ' '), 'Ёё', 'Ее'))
$$;
-- +goose StatementEnd
CREATE INDEX quotes_words ON quotes USING gin (account_id, stems_of_quote(passage, note, tags));

-- +goose StatementBegin
-- Who reads the whole of an article. Account 0 is a guest.
CREATE FUNCTION may_read(access text, account bigint, bought boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT access = 'public' OR access = 'members' AND account <> 0 OR bought
$$;
-- +goose StatementEnd

ALTER TABLE files
    DROP CONSTRAINT files_subject_check,
    ADD CONSTRAINT files_subject_check CHECK (subject IN ('receipt', 'avatar', 'article'));

INSERT INTO modules (name, half, place, needs) VALUES ('library', 'magazine', 50, NULL);
