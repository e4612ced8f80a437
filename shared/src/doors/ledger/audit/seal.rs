//! Seals: how each run's log ended, one after the other, signed.
//!
//! A seal holds the hash of the last event of one log and the hash of the seal before. Whoever has
//! kept one seal (from a mail, a log line, an export) can tell whether anything before it was
//! changed since. With a key each seal is signed, so that nobody else can make new ones.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    super::{
        Fingerprint, Ledger,
        codec::Format,
        error::Error,
        sha256, sortable,
        store::{Expect, Key, Query, Record, Write},
    },
    ENTRY, HEAD, Head, Signer, genesis, head_key, open_key, partition, run_of,
};
pub(super) const SEAL: Format = Format::v1("audit-seal");
const SEALS: Format = Format::v1("audit-seals-head");

/// How one log ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// Which chain of seals: 1, and one more each time somebody had torn the one before.
    pub segment: u32,
    /// Its number in the segment, from 1.
    pub number: u64,
    /// The hash of the seal before; for the first of a segment, of what was left of the segment
    /// before.
    pub previous: Fingerprint,
    /// The log: the run's id.
    pub log: String,
    /// How many events it has.
    pub events: u64,
    /// The hash of the last of them.
    pub last: Fingerprint,
    /// When it was sealed.
    pub at: Timestamp,
    /// The key it is signed with; `None` without a key.
    pub key: Option<String>,
}

/// A seal as it is kept: the text that was hashed and signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sealed {
    pub(super) text: String,
    /// Ed25519 over the text, in hex.
    pub(super) signature: Option<String>,
}

impl Seal {
    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).expect("a seal is a struct with text keys")
    }
}

pub(super) fn hash_of(text: &str) -> Fingerprint {
    Fingerprint(sha256(&[b"rollcall seal ", text.as_bytes()]))
}

/// Where the chain of seals ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SealsHead {
    pub(super) segment: u32,
    pub(super) number: u64,
    pub(super) hash: Fingerprint,
}

pub(super) fn seals_of(segment: u32) -> String {
    format!("audit-seal#{segment}")
}

fn seals_head() -> Key {
    Key::new("audit-seals-head", "head")
}

/// What a new segment holds on to: the last seal that is left of the one before, if any.
pub(super) fn after_a_tear(last: Option<&str>) -> Fingerprint {
    Fingerprint(sha256(&[b"rollcall segment ", last.unwrap_or_default().as_bytes()]))
}

/// What the next seal follows.
struct Follows {
    segment: u32,
    number: u64,
    previous: Fingerprint,
    expect: Expect,
}

impl Ledger {
    /// Seals the logs of a flow that are open: that of the run that ends, and those that crashed
    /// runs have left. Only for the holder of the flow's lease. Returns the hash of the last seal,
    /// or `None` when nothing was open.
    ///
    /// # Errors
    /// When the store fails. Repeating it is harmless.
    pub async fn seal_logs(
        &self,
        flow: &str,
        signer: Option<&Signer>,
        at: Timestamp,
    ) -> Result<Option<(u64, Fingerprint)>, Error> {
        let mut res = None;
        for log in self.open_logs().await? {
            let (run, _) = run_of(&log);
            if run.rsplit_once('-').is_some_and(|(of, _)| of == flow) {
                res = Some(self.seal_log(&log, signer, at).await?);
            }
        }
        Ok(res)
    }

    /// The logs that are not sealed yet.
    pub(super) async fn open_logs(&self) -> Result<Vec<String>, Error> {
        let marks = self.records("audit-open", None, None).await?;
        Ok(marks.into_iter().map(|it| it.key.sk).collect())
    }

    async fn seal_log(
        &self,
        log: &str,
        signer: Option<&Signer>,
        at: Timestamp,
    ) -> Result<(u64, Fingerprint), Error> {
        // Each turn of this loop, another run has set its seal.
        loop {
            let (head, head_write) = self.end_of(log).await?;
            let Follows { segment, number, previous, expect } = self.follows().await?;
            let key = signer.map(|it| it.public().id());
            let (log, last, events) = (log.to_owned(), head.hash, head.seq);
            let seal = Seal { segment, number, previous, log, events, last, at, key };
            let text = seal.text();
            let hash = hash_of(&text);
            let sealed = Sealed { signature: signer.map(|it| it.sign(&text)), text };
            let writes = vec![
                SEALS.put(seals_head(), &SealsHead { segment, number, hash }, expect),
                SEAL.put(Key::new(seals_of(segment), sortable(number)), &sealed, Expect::Absent),
                head_write,
                Write::Delete(open_key(&seal.log), Expect::Any),
            ];
            match self.store.transact(writes).await {
                Ok(()) => return Ok((number, hash)),
                Err(Error::Conflict { .. }) => {}
                Err(other) => return Err(other),
            }
        }
    }

    /// Where a log ends, and the write that closes it. Of a log whose head was torn off it is what
    /// is left: the seal then says so, and verifying says what is missing.
    async fn end_of(&self, log: &str) -> Result<(Head, Write), Error> {
        let key = head_key(log);
        let (head, expect) = match self.store.get(&key).await? {
            Some(record) => match HEAD.decode::<Head>(&record) {
                Ok(head) => (head, Expect::Rev(record.rev)),
                Err(Error::Corrupt { .. }) => {
                    (self.what_is_left(log).await?, Expect::Rev(record.rev))
                }
                Err(other) => return Err(other),
            },
            None => (self.what_is_left(log).await?, Expect::Absent),
        };
        let head = Head { closed: true, ..head };
        Ok((head, HEAD.put(key, &head, expect)))
    }

    async fn what_is_left(&self, log: &str) -> Result<Head, Error> {
        let records = self.records(&partition(log), None, None).await?;
        let mut last_first = records.iter().rev();
        let last = last_first.find_map(|it| ENTRY.decode::<super::AuditEntry>(it).ok());
        let (seq, hash) = last.map_or((0, genesis(log)), |it| (it.seq, it.hash));
        Ok(Head { seq, hash, closed: false })
    }

    /// What the next seal follows: the last one, or, when somebody has torn the chain of seals,
    /// what is left of it.
    async fn follows(&self) -> Result<Follows, Error> {
        let record = self.store.get(&seals_head()).await?;
        let expect = record.as_ref().map_or(Expect::Absent, |it| Expect::Rev(it.rev));
        let head = match record.as_ref().map(|it| SEALS.decode::<SealsHead>(it)) {
            Some(Ok(head)) => Some(head),
            Some(Err(Error::Corrupt { .. })) | None => None,
            Some(Err(other)) => return Err(other),
        };
        if let Some(SealsHead { segment, number, hash }) = head {
            let last = self.store.get(&Key::new(seals_of(segment), sortable(number))).await?;
            let next = self.store.get(&Key::new(seals_of(segment), sortable(number + 1))).await?;
            let is_whole = last
                .and_then(|it| SEAL.decode::<Sealed>(&it).ok())
                .is_some_and(|it| hash_of(&it.text) == hash);
            if is_whole && next.is_none() {
                return Ok(Follows { segment, number: number + 1, previous: hash, expect });
            }
        } else if !self.has_seals(1).await? {
            return Ok(Follows { segment: 1, number: 1, previous: genesis("seals"), expect });
        }
        let mut segment = head.map_or(1, |it| it.segment);
        while self.has_seals(segment + 1).await? {
            segment += 1;
        }
        let left = self.records(&seals_of(segment), None, None).await?;
        let left = left.iter().rev().find_map(|it| SEAL.decode::<Sealed>(it).ok());
        let previous = after_a_tear(left.as_ref().map(|it| it.text.as_str()));
        Ok(Follows { segment: segment + 1, number: 1, previous, expect })
    }

    pub(super) async fn has_seals(&self, segment: u32) -> Result<bool, Error> {
        let query = Query { pk: seals_of(segment), from: None, to: None, after: None, limit: 1 };
        Ok(!self.store.query(&query).await?.items.is_empty())
    }

    pub(super) async fn seals_head(&self) -> Result<Option<Record>, Error> {
        self.store.get(&seals_head()).await
    }

    pub(super) fn read_seals_head(record: &Record) -> Option<SealsHead> {
        SEALS.decode(record).ok()
    }
}
