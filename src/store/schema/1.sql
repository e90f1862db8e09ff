CREATE TABLE runs (
    id {key},
    source {text} NOT NULL,
    shard {text} NOT NULL,
    kind {text} NOT NULL,
    engine {text} NOT NULL,
    rules {text} NOT NULL,
    started {text} NOT NULL,
    ended {text},
    exit_code BIGINT,
    interrupted BIGINT NOT NULL DEFAULT 0,
    problems {text} NOT NULL DEFAULT '[]',
    listed BIGINT NOT NULL DEFAULT 0,
    scanned BIGINT NOT NULL DEFAULT 0,
    unchanged BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    not_reached BIGINT NOT NULL DEFAULT 0,
    incomplete BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE repositories (
    id {text} PRIMARY KEY,
    slot BIGINT NOT NULL,
    source {text} NOT NULL,
    name {text} NOT NULL,
    clone_url {text} NOT NULL,
    web_url {text},
    branch {text},
    archived BIGINT NOT NULL,
    fork BIGINT NOT NULL,
    wiki BIGINT NOT NULL,
    parent {text},
    listed_run BIGINT NOT NULL REFERENCES runs (id),
    unlisted_at {text}
);
CREATE INDEX repositories_parent ON repositories (parent);

CREATE TABLE scans (
    repository {text} PRIMARY KEY REFERENCES repositories (id),
    run BIGINT NOT NULL REFERENCES runs (id),
    scanned_at {text} NOT NULL,
    engine {text} NOT NULL,
    rules {text} NOT NULL,
    tips {bytes} NOT NULL,
    gap_count BIGINT NOT NULL,
    gaps {text} NOT NULL
);

CREATE TABLE clean_blobs (
    repository {text} PRIMARY KEY REFERENCES repositories (id),
    engine {text} NOT NULL,
    rules {text} NOT NULL,
    width BIGINT NOT NULL,
    ids {bytes} NOT NULL
);

CREATE TABLE outcomes (
    run BIGINT NOT NULL REFERENCES runs (id),
    repository {text} NOT NULL REFERENCES repositories (id),
    outcome {text} NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    told_at {text},
    reason {text},
    gap_count BIGINT NOT NULL DEFAULT 0,
    gaps {text} NOT NULL DEFAULT '[]',
    PRIMARY KEY (run, repository)
);

CREATE TABLE findings (
    repository {text} NOT NULL REFERENCES repositories (id),
    fingerprint {text} NOT NULL,
    rule_id {text} NOT NULL,
    severity {text} NOT NULL,
    confidence {text} NOT NULL,
    title {text} NOT NULL,
    advice {text} NOT NULL,
    account_id {text},
    lifetime {text},
    author {text},
    email {text},
    line {text} NOT NULL,
    first_run BIGINT NOT NULL REFERENCES runs (id),
    first_at {text} NOT NULL,
    last_run BIGINT NOT NULL REFERENCES runs (id),
    last_at {text} NOT NULL,
    fixed_run BIGINT REFERENCES runs (id),
    fixed_at {text},
    gone_run BIGINT REFERENCES runs (id),
    gone_at {text},
    reopened_run BIGINT REFERENCES runs (id),
    reopened_at {text},
    PRIMARY KEY (repository, fingerprint)
);
CREATE INDEX findings_fingerprint ON findings (fingerprint);

CREATE TABLE triage (
    id {key},
    fingerprint {text} NOT NULL,
    state {text} NOT NULL,
    until {text},
    reason {text} NOT NULL,
    who {text} NOT NULL,
    marked_at {text} NOT NULL
);
CREATE INDEX triage_fingerprint ON triage (fingerprint, id);

CREATE TABLE channels (
    channel {text} PRIMARY KEY,
    since_run BIGINT NOT NULL
);

CREATE TABLE deliveries (
    channel {text} NOT NULL REFERENCES channels (channel),
    repository {text} NOT NULL REFERENCES repositories (id),
    fingerprint {text} NOT NULL,
    event_run BIGINT NOT NULL,
    claim {text} NOT NULL,
    claimed_until {text} NOT NULL,
    told_at {text},
    PRIMARY KEY (channel, repository, fingerprint)
);

CREATE TABLE documents (
    repository {text} PRIMARY KEY REFERENCES repositories (id),
    run BIGINT NOT NULL REFERENCES runs (id),
    packed {bytes} NOT NULL
);
