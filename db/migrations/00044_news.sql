-- +goose Up
INSERT INTO modules (name, half, place) VALUES ('news', 'both', 130);

-- What the house tells its customers. News that come out later than now wait for their moment; nobody has to publish them.
CREATE TABLE news (
    id            bigint GENERATED ALWAYS AS IDENTITY (START WITH 101) PRIMARY KEY,
    kind          text NOT NULL CHECK (kind IN ('news', 'offer')),
    audience      text NOT NULL CHECK (audience IN ('everybody', 'members', 'buyers', 'readers')),
    title         text NOT NULL CHECK (title <> ''),
    body          text NOT NULL CHECK (body <> ''),      -- Markdown
    html          text NOT NULL,
    members_first int NOT NULL CHECK (members_first BETWEEN 0 AND 720), -- for so many hours guests do not see it
    ends_on       date,                                  -- the last day of an offer
    published_at  timestamptz,                           -- since when it is seen; empty: a draft
    version       int NOT NULL DEFAULT 1,                -- as the desk saw it
    key           text NOT NULL UNIQUE,                  -- of the form that made it: sent twice, made once
    changed_by    bigint NOT NULL REFERENCES accounts,
    changed_at    timestamptz NOT NULL
);
CREATE INDEX news_out ON news (published_at DESC, id DESC) WHERE published_at IS NOT NULL;
CREATE INDEX news_desk ON news (changed_at DESC, id DESC);

-- Who has opened what.
CREATE TABLE news_reads (
    account_id bigint NOT NULL REFERENCES accounts,
    news_id    bigint NOT NULL REFERENCES news,
    at         timestamptz NOT NULL,
    PRIMARY KEY (account_id, news_id)
);

-- Whether an account hears of something at a moment; account 0 is a guest, who hears later what members hear first.
CREATE FUNCTION may_hear(audience text, published_at timestamptz, members_first int, account bigint, now timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT CASE audience
        WHEN 'everybody' THEN published_at + members_first * interval '1 hour' * (account = 0)::int <= now
        WHEN 'members' THEN account <> 0 AND published_at <= now
        WHEN 'buyers' THEN published_at <= now AND EXISTS (SELECT FROM orders o WHERE o.account_id = account)
        ELSE published_at <= now AND EXISTS (SELECT FROM grants g WHERE g.account_id = account) END
$$;

-- Who no longer needs to be shown on the first page what the cabinet can do.
CREATE TABLE closed_tours (account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE);
