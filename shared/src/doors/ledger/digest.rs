//! The whole roster in one small record, so that a poll with no change costs one read.
//!
//! Persons are spread over 256 buckets by the first byte of their id's hash. A bucket is a
//! record with the fingerprint of each of its persons; the root is a record with a short hash of
//! each bucket. Comparing roots tells which buckets differ, and only those are read.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{
    Fence, Fingerprint, Ledger,
    codec::Format,
    error::Error,
    sha256,
    store::{Expect, Key},
};
use crate::words::ids::PersonId;

const ROOT: Format = Format::v1("digest-root");
const BUCKET: Format = Format::v1("digest-bucket");

const BUCKETS: usize = 256;
/// Eight bytes of a bucket's hash make the root 2.7 KB: one read unit of DynamoDB (4 KB), where
/// whole hashes would cost three. Chance needs 2^64 changes to hide one, and the nightly full
/// comparison would still find it.
const SEAL: usize = 8;
/// Buckets written in one transaction. At 100,000 people a bucket is 40 KB, and DynamoDB takes
/// 4 MB at once.
const BUCKETS_AT_ONCE: usize = 48;

/// The roster's fingerprints, in brief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    seals: Vec<[u8; SEAL]>, // Invariant: one for each bucket; zeros for an empty one.
}

impl Default for Digest {
    fn default() -> Self {
        Self { seals: vec![[0; SEAL]; BUCKETS] }
    }
}

#[derive(Serialize, Deserialize)]
struct Root {
    seals: String,
}

#[derive(Default, Serialize, Deserialize)]
struct Bucket {
    people: BTreeMap<PersonId, Fingerprint>,
}

impl Bucket {
    fn seal(&self) -> [u8; SEAL] {
        if self.people.is_empty() {
            return [0; SEAL];
        }
        let mut bytes = Vec::new();
        for (person, fingerprint) in &self.people {
            bytes.extend_from_slice(person.as_str().as_bytes());
            bytes.push(0); // no id contains it, so no two buckets read the same
            bytes.extend_from_slice(&fingerprint.0);
        }
        let mut seal = [0; SEAL];
        seal.copy_from_slice(&sha256(&[&bytes])[..SEAL]);
        seal
    }
}

impl Digest {
    /// The digest of a roster.
    pub fn of(roster: &BTreeMap<PersonId, Fingerprint>) -> Self {
        let mut buckets: Vec<Bucket> = (0..BUCKETS).map(|_| Bucket::default()).collect();
        for (person, fingerprint) in roster {
            buckets[usize::from(bucket_of(person))].people.insert(person.clone(), *fingerprint);
        }
        Self { seals: buckets.iter().map(Bucket::seal).collect() }
    }

    /// The buckets in which two rosters differ. None when they are the same.
    pub fn differences(&self, other: &Self) -> Vec<u8> {
        (0..=u8::MAX)
            .filter(|it| self.seals[usize::from(*it)] != other.seals[usize::from(*it)])
            .collect()
    }

    fn encode(&self) -> Root {
        Root { seals: STANDARD_NO_PAD.encode(self.seals.as_flattened()) }
    }

    fn decode(root: &Root) -> Option<Self> {
        let bytes = STANDARD_NO_PAD.decode(&root.seals).ok()?;
        let (seals, rest) = bytes.as_chunks::<SEAL>();
        (seals.len() == BUCKETS && rest.is_empty()).then(|| Self { seals: seals.to_vec() })
    }
}

/// The bucket a person is in.
fn bucket_of(person: &PersonId) -> u8 {
    sha256(&[person.as_str().as_bytes()])[0]
}

fn root_key() -> Key {
    Key::new("digest", "root")
}

fn bucket_key(bucket: u8) -> Key {
    Key::new("digest", format!("bucket-{bucket:02x}"))
}

fn expected(rev: Option<u64>) -> Expect {
    rev.map_or(Expect::Absent, Expect::Rev)
}

impl Ledger {
    /// The digest as last written; that of an empty roster when there is none. One read.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn digest(&self) -> Result<Digest, Error> {
        Ok(self.root().await?.0)
    }

    async fn root(&self) -> Result<(Digest, Option<u64>), Error> {
        match self.read::<Root>(ROOT, &root_key()).await? {
            Some((root, rev)) => match Digest::decode(&root) {
                Some(digest) => Ok((digest, Some(rev))),
                None => Err(Error::Corrupt { key: root_key() }),
            },
            None => Ok((Digest::default(), None)),
        }
    }

    async fn bucket(&self, bucket: u8) -> Result<(Bucket, Option<u64>), Error> {
        let found = self.read::<Bucket>(BUCKET, &bucket_key(bucket)).await?;
        Ok(found.map_or_else(Default::default, |(it, rev)| (it, Some(rev))))
    }

    /// The fingerprints in one bucket. One read.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn digest_bucket(
        &self,
        bucket: u8,
    ) -> Result<BTreeMap<PersonId, Fingerprint>, Error> {
        Ok(self.bucket(bucket).await?.0.people)
    }

    /// The remembered fingerprints of some persons: one read for each bucket they are in.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn fingerprints(
        &self,
        people: &[PersonId],
    ) -> Result<BTreeMap<PersonId, Fingerprint>, Error> {
        let buckets: BTreeSet<u8> = people.iter().map(bucket_of).collect();
        let mut known = BTreeMap::new();
        for it in buckets {
            known.append(&mut self.digest_bucket(it).await?);
        }
        Ok(people.iter().filter_map(|it| Some((it.clone(), *known.get(it)?))).collect())
    }

    /// Remembers new fingerprints, and forgets the persons with `None`. What is known already
    /// costs a read and no write.
    ///
    /// # Errors
    /// [`Error::Conflict`] when somebody else updated the digest meanwhile; or when the store
    /// fails. Part of the changes may have been written then; the digest is whole in any case.
    pub async fn update_digest(
        &self,
        fence: &Fence,
        changes: &BTreeMap<PersonId, Option<Fingerprint>>,
    ) -> Result<(), Error> {
        let mut by_bucket: BTreeMap<u8, Vec<(&PersonId, Option<Fingerprint>)>> = BTreeMap::new();
        for (person, fingerprint) in changes {
            by_bucket.entry(bucket_of(person)).or_default().push((person, *fingerprint));
        }
        let (mut digest, mut rev) = self.root().await?;
        let by_bucket: Vec<_> = by_bucket.into_iter().collect();
        for part in by_bucket.chunks(BUCKETS_AT_ONCE) {
            let mut writes = Vec::new();
            for (number, changes) in part {
                let (mut bucket, bucket_rev) = self.bucket(*number).await?;
                let before = bucket.seal();
                for (person, fingerprint) in changes {
                    match fingerprint {
                        Some(it) => bucket.people.insert((*person).clone(), *it),
                        None => bucket.people.remove(*person),
                    };
                }
                let seal = bucket.seal();
                if seal != before {
                    digest.seals[usize::from(*number)] = seal;
                    writes.push(BUCKET.put(bucket_key(*number), &bucket, expected(bucket_rev)));
                }
            }
            if writes.is_empty() {
                continue;
            }
            // In the same transaction as its buckets, so that the root never speaks of others.
            writes.push(ROOT.put(root_key(), &digest.encode(), expected(rev)));
            self.fenced(fence, writes).await?;
            rev = Some(rev.unwrap_or(0) + 1);
        }
        Ok(())
    }
}
