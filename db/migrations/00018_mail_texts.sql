-- +goose Up
-- What the operator says in a mail instead of our own words: its subject, how it opens and how it closes. A change is a
-- row more, so that everybody can read who changed what; the newest one is in force. Empty words are ours again.
CREATE TABLE mail_texts (
    name    text NOT NULL CHECK (name ~ '^mail-[0-9]{2}(-[a-z]+)*$'),   -- a kind of mail, or a kind and its occasion
    locale  text NOT NULL CHECK (locale IN ('ru', 'en')),
    version int NOT NULL CHECK (version > 0),
    subject text NOT NULL CHECK (subject !~ '[[:cntrl:]]'),
    opening text NOT NULL,
    closing text NOT NULL,
    by      bigint NOT NULL REFERENCES accounts,
    at      timestamptz NOT NULL,
    CONSTRAINT mail_texts_once PRIMARY KEY (name, locale, version),
    CHECK ((subject = '') = (opening = '') AND (subject <> '' OR closing = ''))
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON mail_texts FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON mail_texts FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
